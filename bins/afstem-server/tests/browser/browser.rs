//! Chromium, driven: what a person does, said in a person's words, each with patience for a page that is on its way.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::json;
use thirtyfour::prelude::*;

/// What went wrong.
pub(crate) type Trouble = Box<dyn std::error::Error + Send + Sync>;

/// How long a page may take.
const PATIENCE: Duration = Duration::from_secs(60);
/// Widths at which every page has to fit.
const WIDTHS: [u32; 2] = [360, 1280];
const AXE: &str = include_str!("axe.min.js");

pub(crate) struct Browser {
    driver: std::mem::ManuallyDrop<WebDriver>,
    process: Child,
    base: String,
    _profile: tempfile::TempDir,
}

impl Drop for Browser {
    /// The browser goes with its driver.
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

impl Browser {
    pub(crate) async fn close(self) {
        // A page that does not answer any more goes with its driver.
        (*self.driver).clone().quit().await.ok();
    }

    pub(crate) async fn open(base: &str) -> Self {
        let driver = std::env::var("AFSTEM_TEST_CHROMEDRIVER").unwrap_or_else(|_| "chromedriver".to_owned());
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let process = Command::new(&driver)
            .arg(format!("--port={port}"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("{driver}: {error}; `cargo xtask test -p afstem-server` installs it"));
        let profile = tempfile::tempdir().unwrap();
        let mut wanted = DesiredCapabilities::chrome();
        let own = format!("--user-data-dir={}", profile.path().display());
        for argument in [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-dev-shm-usage",
            "--hide-scrollbars",
            "--lang=da",
            &own,
        ] {
            wanted.add_arg(argument).unwrap();
        }
        let begun = Instant::now();
        let address = format!("http://127.0.0.1:{port}");
        let driver = loop {
            match WebDriver::new(&address, wanted.clone()).await {
                Ok(driver) => break driver,
                Err(error) => assert!(begun.elapsed() < PATIENCE, "{error}"),
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        };
        let browser =
            Self { driver: std::mem::ManuallyDrop::new(driver), process, base: base.to_owned(), _profile: profile };
        browser.width(WIDTHS[1], 900).await.unwrap();
        browser
    }

    pub(crate) async fn go(&self, path: &str) -> Result<(), Trouble> {
        Ok(self.driver.goto(format!("{}{path}", self.base.trim_end_matches('/'))).await?)
    }

    pub(crate) async fn source(&self) -> Result<String, Trouble> {
        Ok(self.driver.source().await?)
    }

    /// What a person reads on the page.
    pub(crate) async fn text(&self) -> String {
        let body = self.driver.execute("return document.body.innerText", Vec::new()).await;
        body.ok().and_then(|it| it.convert::<String>().ok()).unwrap_or_default()
    }

    /// Comes back once `text` can be read.
    pub(crate) async fn sees(&self, text: &str) -> Result<(), Trouble> {
        let begun = Instant::now();
        while !self.text().await.contains(text) {
            if begun.elapsed() > PATIENCE {
                return Err(format!("nobody can read `{text}` at {}", self.driver.current_url().await?).into());
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        Ok(())
    }

    pub(crate) async fn does_not_see(&self, text: &str) -> Result<(), Trouble> {
        if self.text().await.contains(text) { Err(format!("`{text}` can be read").into()) } else { Ok(()) }
    }

    pub(crate) async fn fill(&self, name: &str, value: &str) -> Result<(), Trouble> {
        let field = self.found(By::Css(format!("[name='{name}']:not([type=hidden])"))).await?;
        field.clear().await?;
        Ok(field.send_keys(value).await?)
    }

    /// Chooses one of several, or switches a box.
    pub(crate) async fn choose(&self, name: &str, value: &str) -> Result<(), Trouble> {
        let choice = self.found(By::Css(format!("input[name='{name}'][value='{value}']:not([type=hidden])"))).await?;
        Ok(choice.click().await?)
    }

    /// Presses the button of this name.
    pub(crate) async fn press(&self, name: &str) -> Result<(), Trouble> {
        self.click(&format!("//button[normalize-space()='{name}' and not(@disabled)]")).await
    }

    /// Follows the link of this name.
    pub(crate) async fn follow(&self, name: &str) -> Result<(), Trouble> {
        self.click(&format!("//a[normalize-space()='{name}' or starts-with(normalize-space(), '{name}')]")).await
    }

    /// Follows the first link of the page's own that leads to an address with `part` in it.
    pub(crate) async fn follow_first(&self, part: &str) -> Result<(), Trouble> {
        self.click(&format!("//main//a[contains(@href, '{part}')]")).await
    }

    /// A page that is being replaced is looked at again.
    async fn click(&self, xpath: &str) -> Result<(), Trouble> {
        let begun = Instant::now();
        loop {
            let clicked = async { self.driver.find(By::XPath(xpath)).await?.click().await }.await;
            match clicked {
                Ok(()) => return Ok(()),
                Err(error) if begun.elapsed() > PATIENCE => return Err(format!("{xpath}: {error}").into()),
                Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
            }
        }
    }

    async fn found(&self, by: By) -> Result<WebElement, Trouble> {
        Ok(self.driver.query(by).wait(PATIENCE, Duration::from_millis(100)).first().await?)
    }

    pub(crate) async fn open_details(&self) -> Result<(), Trouble> {
        self.driver.execute("document.querySelectorAll('details').forEach(it => it.open = true)", Vec::new()).await?;
        Ok(())
    }

    /// Replaces a piece of a text field, as an editor would.
    pub(crate) async fn edit_text(&self, name: &str, old: &str, new: &str) -> Result<(), Trouble> {
        let script = "const it = document.querySelector(`textarea[name='${arguments[0]}']`);
                      const had = it.value.includes(arguments[1]);
                      it.value = it.value.replace(arguments[1], arguments[2]); return had";
        let had = self.driver.execute(script, vec![json!(name), json!(old), json!(new)]).await?;
        if had.convert::<bool>()? { Ok(()) } else { Err(format!("`{old}` is not in {name}").into()) }
    }

    pub(crate) async fn dark(&self, dark: bool) -> Result<(), Trouble> {
        let scheme = if dark { "dark" } else { "light" };
        let features = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        self.tell("Emulation.setEmulatedMedia", features).await
    }

    async fn width(&self, width: u32, height: u32) -> Result<(), Trouble> {
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.tell("Emulation.setDeviceMetricsOverride", size).await
    }

    async fn tell(&self, command: &str, parameters: serde_json::Value) -> Result<(), Trouble> {
        self.driver.cdp().send_raw(command, parameters).await?;
        Ok(())
    }

    /// At every width nothing sticks out, and no rule of accessibility is broken seriously.
    pub(crate) async fn fits_and_is_accessible(&self, name: &str) -> Result<(), Trouble> {
        for width in WIDTHS {
            self.width(width, 900).await?;
            let needed = self.driver.execute("return document.documentElement.scrollWidth", Vec::new()).await?;
            let needed: u32 = needed.convert()?;
            self.picture(&format!("{name}-{width}")).await;
            if needed > width {
                return Err(format!("{name} needs {needed} pixels and has {width}").into());
            }
            let broken = self.broken_rules().await?;
            if !broken.is_empty() {
                return Err(format!("{name} at {width}: {}", broken.join("\n")).into());
            }
        }
        self.width(WIDTHS[1], 900).await
    }

    /// The rules of accessibility that the page breaks seriously. A page that tells of a run loads itself anew at its end:
    /// one that is replaced while it is looked at is looked at again.
    async fn broken_rules(&self) -> Result<Vec<String>, Trouble> {
        let script = "const done = arguments[arguments.length - 1];
            axe.run(document, { resultTypes: ['violations'] }).then(found => done(found.violations
                .filter(it => it.impact === 'serious' || it.impact === 'critical')
                .map(it => `${it.id}: ${it.help}: ${it.nodes.map(node => node.html).slice(0, 3).join(' ')}`)))";
        let script = format!("{AXE};\n{script}");
        self.driver.set_script_timeout(Duration::from_secs(8)).await?;
        let begun = Instant::now();
        loop {
            match self.driver.execute_async(&script, Vec::new()).await {
                Ok(found) => return Ok(found.convert()?),
                Err(error) if begun.elapsed() > PATIENCE => return Err(error.into()),
                Err(_) => {}
            }
        }
    }

    /// Keeps what is seen, the whole page.
    pub(crate) async fn picture(&self, name: &str) {
        let script = "return [document.documentElement.clientWidth, document.documentElement.scrollHeight]";
        let size = self.driver.execute(script, Vec::new()).await.ok().and_then(|it| it.convert::<[u32; 2]>().ok());
        if let Some([width, height]) = size {
            self.width(width, height.min(3000)).await.ok();
        }
        let Ok(png) = self.driver.screenshot_as_png().await else { return };
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../target/screenshots");
        std::fs::create_dir_all(&folder).ok();
        std::fs::write(folder.join(format!("{name}.png")), png).ok();
    }
}
