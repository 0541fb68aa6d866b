//! What is read besides the settings file: the environment, and the files that the settings name.

use sync_app::{CustomMapping, Language, Place, Say, Settings, SettingsError, Trouble, sandbox_settings};

/// Settings with a custom mapping; only `mapping.toml` can be read.
fn parsed(custom: &str, environment: &[(&str, &str)]) -> Result<Settings, SettingsError> {
    let text = sandbox_settings("http://localhost:1", "http://localhost:2", "sqlite://a.db", Language::En) + custom;
    let environment: Vec<_> = environment.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
    let read = |name: &str| match name {
        "mapping.toml" => Ok("# ours".to_owned()),
        _ => Err("there is no such file".to_owned()),
    };
    Settings::parse("home/afstem.toml", &text, &environment, &read)
}

#[test]
fn only_variables_that_stand_for_keys_are_settings() {
    let steering = [("AFSTEM_CONFIG", "x"), ("AFSTEM_LANG", "x"), ("AFSTEM_LOG", "x"), ("HOME", "x")];
    assert!(parsed("", &steering).is_ok());
    let settings = parsed("", &[("AFSTEM_LANGUAGE", "da"), ("AFSTEM_SYNC__DIRECTION", "crm-to-dinero")]).unwrap();
    assert_eq!((settings.language, settings.sync.direction), (Language::Da, sync_app::SyncDirection::CrmToDinero));
    let wrong = parsed("", &[("AFSTEM_SYNC__DIRECTOIN", "both")]).unwrap_err();
    assert_eq!(wrong.problems[0].place, Place::Environment("AFSTEM_SYNC__DIRECTOIN".to_owned()));
}

#[test]
fn a_custom_mapping_is_read_with_the_settings() {
    assert_eq!(parsed("", &[]).unwrap().mapping, None);
    let read = Some(CustomMapping { file: "home/mapping.toml".to_owned(), text: "# ours".to_owned() });
    assert_eq!(parsed("\n[mapping]\nkind = \"custom\"\n", &[]).unwrap().mapping, read);
    let missing = parsed("\n[mapping]\nkind = \"custom\"\nfile = \"ours.toml\"\n", &[]).unwrap_err();
    assert!(matches!(&missing.problems[..], [one] if matches!(&one.trouble, Trouble::Unreadable(_))));
    let said = missing.say(Language::En);
    assert!(said.starts_with("home/afstem.toml, line ") && said.contains("ours.toml: there is no such file"), "{said}");
}
