//! Names the static files after what they hold.

use std::hash::{DefaultHasher, Hash, Hasher};

fn main() {
    let mut hasher = DefaultHasher::new();
    for name in ["app.css", "app.js", "icon.svg", "good.svg", "bad.svg", "wait.svg"] {
        let path = format!("static/{name}");
        println!("cargo::rerun-if-changed={path}");
        std::fs::read(&path).unwrap_or_default().hash(&mut hasher);
    }
    println!("cargo::rustc-env=AFSTEM_ASSETS={:016x}", hasher.finish());
}
