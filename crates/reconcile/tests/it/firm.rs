//! One firm on both sides, with one field of every sort that is judged differently.

use field_mapping::Direction;
use sync_model::{FieldType, Kind, RecordKey, Side, Sides, Value};

use crate::scene::{Scene, fields};

const MAPPING: &str = r#"
[[entity]]
module = "organisations"
dinero = "contact"
crm = "Accounts"
[[entity.field]]
name = "name"
dinero = "Name"
crm = "name"
[[entity.field]]
name = "short"
dinero = "Short"
crm = "short"
[[entity.field]]
name = "size"
dinero = "Size"
crm = "size"
translate = { table = { S = ["small"], L = ["large", "big"] } }
[[entity.field]]
name = "owner"
dinero = "Owner"
crm = "owner"
translate = "reference"
[[entity.field]]
name = "note"
dinero = "Note"
crm = "note"
direction = "create-only"
[[entity.field]]
name = "balance"
dinero = "Balance"
crm = "balance"
direction = "to-crm"
[[entity.field]]
name = "country"
dinero = "Country"
crm = "country"
default.dinero = "DK"
"#;

/// What the firm is called in every system's own fields.
pub(crate) const LEFT: [(&str, &str); 6] =
    [("Name", "Alfa"), ("Short", "ab"), ("Size", "S"), ("Note", "n"), ("Balance", "7"), ("Country", "DK")];
pub(crate) const RIGHT: [(&str, &str); 6] =
    [("name", "Alfa"), ("short", "ab"), ("size", "small"), ("note", "n"), ("balance", "7"), ("country", "DK")];

pub(crate) fn keys() -> Sides<RecordKey> {
    Sides::new(RecordKey::new("contact", "1"), RecordKey::new("Accounts", "11x1"))
}

pub(crate) fn stage() -> Scene {
    let of = |names: [&'static str; 6], owner, kind| {
        let owner = (owner, FieldType::Reference(vec![Kind::new(kind)]));
        names.into_iter().map(|name| (name, FieldType::Text)).chain([owner]).collect::<Vec<_>>()
    };
    let left = [("contact", of(LEFT.map(|it| it.0), "Owner", "contact"))];
    let right = [("Accounts", of(RIGHT.map(|it| it.0), "owner", "Accounts"))];
    Scene::set("organisations", MAPPING, Sides::new(&left, &right), [])
}

/// The firm on both sides, linked and agreed.
pub(crate) fn linked() -> Scene {
    let mut scene = stage();
    scene.put(Side::Left, &keys().left, fields(&LEFT));
    scene.put(Side::Right, &keys().right, fields(&RIGHT));
    scene.agree(&keys());
    scene
}

impl Scene {
    /// Somebody edits one of the firm's own fields.
    pub(crate) fn edit(&mut self, side: Side, name: &str, value: &str) {
        let value = if value.is_empty() { Value::Empty } else { Value::text(value) };
        self.set_field(side, name, value);
    }

    pub(crate) fn set_field(&mut self, side: Side, name: &str, value: Value) {
        self.record(side, keys().get(side)).fields.set(name, value);
    }

    /// A field of the firm is not shown any more.
    pub(crate) fn hide(&mut self, side: Side, name: &str) {
        self.record(side, keys().get(side)).fields.remove(name);
    }

    pub(crate) fn direct(&mut self, field: &str, direction: Option<Direction>) {
        let mapping = self.module.entities[0].fields.iter_mut().find(|it| it.name.as_str() == field);
        mapping.expect("it is mapped").direction = direction;
    }
}
