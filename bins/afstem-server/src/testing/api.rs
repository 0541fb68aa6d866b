//! The API against its own description, and what other programs rely on.

use serde_json::{Value, json};
use tenancy::{AccountId, ApiToken, Scope};

use super::World;

#[tokio::test]
async fn the_description_is_served_and_names_everything_with_an_answer_and_an_error() {
    let world = World::new().await;
    let served: Value = serde_json::from_str(&world.visitor().get("/api/v1/openapi.json").await.body).unwrap();
    assert_eq!(served, serde_json::to_value(crate::api::document()).unwrap());
    assert!(served["openapi"].as_str().unwrap().starts_with("3.1"));
    assert_eq!(served["components"]["securitySchemes"]["token"]["scheme"], "bearer");
    let text = served.to_string();
    let refers = text.split("#/components/schemas/").skip(1).map(|rest| rest.split('"').next().unwrap_or_default());
    for schema in refers {
        assert!(served["components"]["schemas"].get(schema).is_some(), "{schema} is referred to and not described");
    }
    let mut operations = 0;
    for (path, methods) in served["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            operations += 1;
            let answers = operation["responses"].as_object().unwrap();
            assert!(answers.keys().any(|status| status.starts_with('2')), "{method} {path}");
            assert!(answers["401"]["content"].get("application/problem+json").is_some(), "{method} {path}");
            assert!(operation["summary"].as_str().is_some_and(|it| !it.is_empty()), "{method} {path}");
            let there = path.replace("{module}", "Accounts").replace("{record}", "11x1").replace(['{', '}'], "");
            let answer = world.visitor().call(&method.to_uppercase(), &there, "", None).await;
            assert_eq!(answer.status, 401, "{method} {path} is there, and needs a token");
        }
    }
    assert!(operations >= 18, "{operations}");
}

#[tokio::test]
async fn what_the_pages_can_do_the_api_can() {
    let world = World::new().await;
    let (mut program, all) = (world.visitor(), world.tokens["all"].clone());
    let read = |body: &str| serde_json::from_str::<Value>(body).unwrap();
    let checked = program.call("POST", "/api/v1/check", &all, None).await;
    assert_eq!(read(&checked.body)["status"], "green", "{}", checked.body);
    let settings = read(&program.call("GET", "/api/v1/settings", &all, None).await.body);
    assert_eq!(settings["settings"]["sync.direction"], "both");
    let asked = json!({ "version": settings["version"], "settings": { "sync.deletes": "approve" }, "dry_run": true });
    let dry = read(&program.call("PATCH", "/api/v1/settings", &all, Some(&asked.to_string())).await.body);
    assert_eq!((&dry["saved"], &dry["differences"][0]["new"]), (&json!(false), &json!("approve")));
    let begun = program.call("POST", "/api/v1/preview", &all, None).await;
    assert_eq!(begun.status, 202, "{}", begun.body);
    world.rest().await;
    let plan = read(&program.call("GET", "/api/v1/plan", &all, None).await.body);
    assert!(plan["writes"]["dinero"].as_u64().unwrap() > 0, "{plan}");
    program.call("POST", "/api/v1/sync", &all, Some("{}")).await;
    world.rest().await;
    let work = read(&program.call("GET", "/api/v1/work", &all, None).await.body);
    assert_eq!(work["last"]["error"], Value::Null, "{work}");
    assert_eq!(work["last"]["summary"]["writes"]["dinero"], plan["writes"]["dinero"]);
    let runs = read(&program.call("GET", "/api/v1/runs?limit=5", &all, None).await.body);
    let run = runs[0]["run"].as_str().unwrap();
    assert_eq!(program.call("GET", &format!("/api/v1/runs/{run}"), &all, None).await.status, 200);
    let notes = program.call("GET", "/api/v1/notes", &all, None).await.body;
    assert!(notes.contains("sync-begun"), "{notes}");
    for canary in world.canaries() {
        for path in ["settings", "status", "work", "plan", "runs", "notes", "mapping", "inbox", "connection"] {
            assert!(
                !program.call("GET", &format!("/api/v1/{path}"), &all, None).await.body.contains(&canary),
                "{path}"
            );
        }
    }
}

#[tokio::test]
async fn a_post_with_a_key_is_carried_out_once() {
    let world = World::new().await;
    let (mut program, all) = (world.visitor(), world.tokens["all"].clone());
    let mut post = async |path: &str, key: &str, body: &str| {
        let request = http::Request::post(path)
            .header("authorization", format!("Bearer {all}"))
            .header("content-type", "application/json")
            .header("idempotency-key", key)
            .body(body.to_owned().into())
            .unwrap();
        program.send(request).await
    };
    let first = post("/api/v1/sync", "k1", "{}").await;
    world.rest().await;
    let again = post("/api/v1/sync", "k1", "{}").await;
    assert_eq!((first.status, &first.body), (202, &again.body), "the same answer");
    assert_eq!(world.server.office().runs(&world.a, 9).await.unwrap().len(), 1, "one run");
    let other = post("/api/v1/sync", "k1", r#"{"modules":["contacts"]}"#).await;
    assert_eq!(other.status, 422, "another question under the same key");
    let refused = post("/api/v1/sync", "k2", r#"{"modules":["nothing"]}"#).await;
    assert_eq!(refused.status, 422);
    let corrected = post("/api/v1/sync", "k2", r#"{"modules":["nothing"]}"#).await;
    assert_eq!(corrected.status, 422, "what was refused is not remembered as done");
    let long = "x".repeat(201);
    assert_eq!(post("/api/v1/sync", &long, "{}").await.status, 400);
}

#[tokio::test]
async fn p32_a_token_knows_its_own_connection_only() {
    let world = World::new().await;
    let (token, secret) =
        ApiToken::make(world.b.id.clone(), "b".to_owned(), Scope::ALL.to_vec(), AccountId::fresh(), world.server.now());
    world.server.registry().put_token(&token).await.unwrap();
    let mut program = world.visitor();
    program.call("POST", "/api/v1/sync", &world.tokens["all"], Some("{}")).await;
    world.rest().await;
    let own = program.call("GET", "/api/v1/connection", &secret, None).await.body;
    assert!(own.contains("Vestkyst") && !own.contains("Nordlys"), "{own}");
    assert_eq!(program.call("GET", "/api/v1/runs", &secret, None).await.body, "[]", "nothing of the other's");
    let run = world.server.office().runs(&world.a, 1).await.unwrap().remove(0).run;
    assert_eq!(program.call("GET", &format!("/api/v1/runs/{run}"), &secret, None).await.status, 404);
    world.server.registry().revoke_token(&world.b.id, &token.id).await.unwrap();
    assert_eq!(program.call("GET", "/api/v1/connection", &secret, None).await.status, 401, "revoked is revoked");
}
