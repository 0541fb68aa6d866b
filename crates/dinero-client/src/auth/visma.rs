//! Visma Connect: a user lets the integration in, and from then on a refresh token gives tokens (fact sheet §1.2).

use std::fmt;

use api_transport::{BaseUrl, Courier, Safety};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::SecretString;
use sha2::{Digest, Sha256};
use url::Url;

use super::{Token, TokenStore, ask, exposed, form};
use crate::Error;

/// What the integration may do: read, write, and come back without the user.
const SCOPES: &str = "dineropublicapi:read dineropublicapi:write offline_access";

/// An integration known to Visma Connect.
#[derive(Debug, Clone)]
pub struct VismaApp {
    /// The client id, `isv_…`.
    pub client_id: String,
    /// The client secret.
    pub client_secret: SecretString,
    /// Where the browser posts the code to, exactly as it is registered. It is a post from another site: cookies that are
    /// kept to the same site are absent.
    pub redirect_uri: Url,
    /// `https://connect.visma.com/connect/authorize`.
    pub authorize_url: BaseUrl,
    /// `https://connect.visma.com/connect/token`.
    pub token_url: BaseUrl,
}

/// Proof that whoever exchanges the code is who asked for it. Keep it from the first step to the second.
#[derive(Clone)]
pub struct Pkce {
    verifier: SecretString,
}

impl Pkce {
    /// Made of 32 bytes by chance, from a source that nobody can guess.
    #[must_use]
    pub fn from_chance(chance: [u8; 32]) -> Self {
        Self { verifier: URL_SAFE_NO_PAD.encode(chance).into() }
    }

    /// What is kept, to be stored between the steps. It is a secret.
    #[must_use]
    pub fn verifier(&self) -> &SecretString {
        &self.verifier
    }

    /// What was kept.
    #[must_use]
    pub fn from_verifier(verifier: SecretString) -> Self {
        Self { verifier }
    }

    fn challenge(&self) -> String {
        URL_SAFE_NO_PAD.encode(Sha256::digest(exposed(&self.verifier)))
    }
}

impl fmt::Debug for Pkce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pkce")
    }
}

/// What the code was exchanged for. Save the refresh token before anything else.
#[derive(Debug, Clone)]
pub struct VismaGrant {
    /// Good for an hour.
    pub access_token: SecretString,
    /// Gives the next ones; missing when the user did not allow to come back.
    pub refresh_token: Option<SecretString>,
}

impl VismaApp {
    /// Where to send the user. `state` comes back with the code and must be compared; `language` is such as `da-DK`.
    ///
    /// ```
    /// use api_transport::BaseUrl;
    /// use dinero_client::{Pkce, VismaApp};
    ///
    /// let app = VismaApp {
    ///     client_id: "isv_example".to_owned(),
    ///     client_secret: "…".into(),
    ///     redirect_uri: "https://example.dk/back".parse()?,
    ///     authorize_url: BaseUrl::parse("https://connect.visma.com/connect/authorize")?,
    ///     token_url: BaseUrl::parse("https://connect.visma.com/connect/token")?,
    /// };
    /// let url = app.authorize(&Pkce::from_chance([7; 32]), "state", Some("da-DK"));
    /// assert!(url.as_str().starts_with("https://connect.visma.com/connect/authorize?client_id=isv_example&response_type=code"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn authorize(&self, pkce: &Pkce, state: &str, language: Option<&str>) -> Url {
        let mut url = self.authorize_url.as_url().clone();
        url.query_pairs_mut()
            .append_pair("client_id", &self.client_id)
            .append_pair("response_type", "code")
            .append_pair("response_mode", "form_post")
            .append_pair("scope", SCOPES)
            .append_pair("redirect_uri", self.redirect_uri.as_str())
            .append_pair("state", state)
            .append_pair("code_challenge", &pkce.challenge())
            .append_pair("code_challenge_method", "S256");
        if let Some(language) = language {
            url.query_pairs_mut().append_pair("ui_locales", language);
        }
        url
    }

    /// Exchanges the code that the browser brought. It works once.
    ///
    /// # Errors
    /// [`Error::is_bad_credentials`] when the code is refused.
    pub async fn exchange(&self, courier: &Courier, code: &SecretString, pkce: &Pkce) -> Result<VismaGrant, Error> {
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", exposed(code)),
            ("redirect_uri", self.redirect_uri.as_str()),
            ("client_id", &self.client_id),
            ("client_secret", exposed(&self.client_secret)),
            ("code_verifier", exposed(&pkce.verifier)),
        ];
        let answer = ask(
            courier,
            Safety::UnsafeWrite,
            form(self.token_url.as_url(), &fields),
            &[code, &self.client_secret, &pkce.verifier],
        )
        .await?;
        Ok(VismaGrant { access_token: answer.access_token, refresh_token: answer.refresh_token })
    }
}

/// Uses the refresh token, and saves the one that comes back before the token is used.
pub(super) async fn refresh(
    courier: &Courier,
    url: &Url,
    client_id: &str,
    client_secret: &SecretString,
    store: &dyn TokenStore,
) -> Result<Token, Error> {
    let kept = store.load().await.map_err(|error| Error::token_store(&error))?.ok_or_else(Error::no_refresh_token)?;
    let fields = [
        ("grant_type", "refresh_token"),
        ("refresh_token", exposed(&kept)),
        ("client_id", client_id),
        ("client_secret", exposed(client_secret)),
    ];
    // A refresh token may be good for one use: a second try could end the grant.
    let answer = ask(courier, Safety::UnsafeWrite, form(url, &fields), &[&kept, client_secret]).await?;
    if let Some(next) = &answer.refresh_token {
        store.save(next).await.map_err(|error| Error::token_store(&error))?;
    }
    Ok(Token::lasting(answer.access_token, answer.expires_in))
}
