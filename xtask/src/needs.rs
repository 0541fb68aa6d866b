//! What tests need beside the compiler: found, or installed, or said to be missing. The next need is one more entry.

use std::any::Any;

use crate::chromium;
use crate::failure::Failure;
use crate::postgres::Postgres;

/// Something outside the workspace without which some tests cannot run.
pub(crate) struct Need {
    /// As `--without` names it.
    pub(crate) name: &'static str,
    /// The crates whose tests cannot run without it.
    pub(crate) crates: &'static [&'static str],
    /// The variable by which those tests find it.
    pub(crate) variable: &'static str,
    provide: fn() -> Result<Provided, Failure>,
}

/// What a need was met with. It ends when this is dropped.
pub(crate) struct Provided {
    /// What the tests are told.
    pub(crate) value: String,
    _alive: Option<Box<dyn Any>>,
}

pub(crate) static NEEDS: [Need; 2] = [
    CHROMIUM,
    Need {
        name: "postgres",
        crates: &["store-postgres", "afstem-server"],
        variable: "AFSTEM_TEST_POSTGRES_URL",
        provide: || {
            let server = Postgres::start()?;
            Ok(Provided { value: server.url(), _alive: Some(Box::new(server)) })
        },
    },
];

/// Drives the pages of the server as people do.
const CHROMIUM: Need = Need {
    name: "chromium",
    crates: &["afstem-server"],
    variable: "AFSTEM_TEST_CHROMEDRIVER",
    provide: || Ok(Provided { value: chromium::driver()?, _alive: None }),
};

impl Need {
    /// What the caller's environment names, or else one of our own.
    pub(crate) fn meet(&self) -> Result<Provided, Failure> {
        match std::env::var(self.variable) {
            Ok(value) if !value.is_empty() => {
                println!("test: {} is the one that {} names", self.name, self.variable);
                Ok(Provided { value, _alive: None })
            }
            Ok(_) | Err(_) => (self.provide)(),
        }
    }
}
