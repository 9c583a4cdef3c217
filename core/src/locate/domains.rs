//! Which stage does a host with a path lead to, by what the operator wrote?

use crate::context::ApiKind;
use crate::lookup::Lookup;
use crate::message::percent;

use super::host::{PathForm, segment_len};
use super::{Located, Refusal, StageIndex};

/// The stage that an HTTP API falls back to.
pub(super) const DEFAULT_STAGE: &[u8] = b"$default";

/// Every way to every stage, compiled.
#[derive(Clone, Debug, Default)]
pub struct Domains {
    pub(super) apis: Lookup<Api>,
    /// Custom domains by their full name.
    pub(super) exact: Lookup<Domain>,
    /// `*.example.com` by `example.com`.
    pub(super) wildcards: Lookup<Domain>,
    /// `*`: hosts that nobody claims.
    pub(super) catch_all: Option<Domain>,
}

/// An API as its default endpoint sees it.
#[derive(Clone, Debug)]
pub(super) struct Api {
    pub(super) kind: ApiKind,
    pub(super) stages: Lookup<Endpoint>,
    /// The `$default` stage (HTTP APIs).
    pub(super) default_stage: Option<Endpoint>,
}

/// A stage at its default endpoint.
#[derive(Clone, Copy, Debug)]
pub(super) struct Endpoint {
    pub(super) stage: StageIndex,
    pub(super) is_disabled: bool,
}

/// What a custom domain maps base paths to.
#[derive(Clone, Debug, Default)]
pub(super) struct Domain {
    /// Base paths of one segment, where all of the domain's are; a whole segment must match.
    pub(super) segments: Lookup<Target>,
    /// Where one base path has several segments: all of them, longest first, matched as prefixes.
    pub(super) prefixes: Vec<(Box<[u8]>, Target)>,
    /// The mapping without base path.
    pub(super) root: Option<Target>,
}

/// Where a mapping leads.
#[derive(Clone, Copy, Debug)]
pub(super) struct Target {
    pub(super) stage: StageIndex,
    pub(super) api_kind: ApiKind,
}

impl Domains {
    /// The stage that a path form names.
    #[cold]
    pub(super) fn at_path_form<'a>(&self, form: PathForm<'a>) -> Result<Located<'a>, Refusal> {
        match form {
            PathForm::ExecuteApi { api_id, path } => {
                let api = self.apis.find(api_id).ok_or(Refusal::UnknownApi)?;
                match (api.default_stage, split_default_stage(path)) {
                    (Some(endpoint), Some(rest)) => api.at_endpoint(endpoint, b"", rest),
                    _ => api.at_path(path),
                }
            }
            PathForm::UserRequest { api_id, base_path, path } => {
                let api = self.apis.find(api_id).filter(|api| api.kind == ApiKind::RestApi);
                let api = api.ok_or(Refusal::UnknownApi)?;
                let endpoint = api.stages.find(&base_path[1..]).ok_or(Refusal::UnknownStage)?;
                api.at_endpoint(*endpoint, base_path, path)
            }
        }
    }

    /// The stage at an API's default endpoint.
    pub(super) fn at_endpoint<'a>(
        &self,
        api_id: &[u8],
        path: &'a [u8],
    ) -> Result<Located<'a>, Refusal> {
        self.apis.find(api_id).ok_or(Refusal::UnknownApi)?.at_path(path)
    }

    /// The stage that a custom domain maps the path to.
    pub(super) fn at_domain<'a>(
        &self,
        host: &[u8],
        path: &'a [u8],
    ) -> Result<Located<'a>, Refusal> {
        let Some(domain) = self.exact.find(host).or_else(|| self.wildcard(host)) else {
            return self.catch_all.as_ref().ok_or(Refusal::NoMapping)?.at_path(path);
        };
        // "/ping and /sping are reserved for health checks", at the root of a configured domain.
        // The catch-all is no domain of AWS's, and a file served there may well have a /ping.
        match path {
            b"/ping" | b"/sping" => Err(Refusal::ReservedForHealthChecks),
            _ => domain.at_path(path),
        }
    }

    /// `*.example.com` stands for one label: it takes `a.example.com`, not `a.b.example.com`.
    fn wildcard(&self, host: &[u8]) -> Option<&Domain> {
        if self.wildcards.is_empty() {
            return None;
        }
        self.wildcards.find(&host[memchr::memchr(b'.', host)? + 1..])
    }
}

impl Api {
    /// The stage that the first segment names, else `$default`.
    fn at_path<'a>(&self, path: &'a [u8]) -> Result<Located<'a>, Refusal> {
        let name = path.get(1..).unwrap_or_default();
        let name = &name[..segment_len(name)];
        if let Some(endpoint) = self.stages.find(name) {
            let (base_path, path) = path.split_at(1 + name.len());
            return self.at_endpoint(*endpoint, base_path, path);
        }
        match (self.kind, self.default_stage) {
            (_, Some(endpoint)) => self.at_endpoint(endpoint, b"", path),
            (ApiKind::RestApi, None) => Err(Refusal::UnknownStage),
            (ApiKind::HttpApi, None) => Err(Refusal::UnknownHttpApiStage),
        }
    }

    fn at_endpoint<'a>(
        &self,
        endpoint: Endpoint,
        base_path: &'a [u8],
        path: &'a [u8],
    ) -> Result<Located<'a>, Refusal> {
        if endpoint.is_disabled {
            return Err(Refusal::EndpointDisabled(self.kind));
        }
        let stage = endpoint.stage;
        Ok(Located { stage, api_kind: self.kind, base_path, path: or_root(path) })
    }
}

impl Domain {
    fn at_path<'a>(&self, path: &'a [u8]) -> Result<Located<'a>, Refusal> {
        let (len, Target { stage, api_kind }) = self.mapping(path).ok_or(Refusal::NoMapping)?;
        let (base_path, path) = path.split_at(len);
        Ok(Located { stage, api_kind, base_path, path: or_root(path) })
    }

    /// The mapping that takes `path`, and how many of its bytes are the base path with its slash.
    #[inline]
    fn mapping(&self, path: &[u8]) -> Option<(usize, Target)> {
        let after_slash = path.get(1..).unwrap_or_default();
        let longest = match self.prefixes.is_empty() {
            true => self.segment(after_slash),
            false => self.longest_prefix(after_slash),
        };
        match longest {
            Some((len, target)) => Some((1 + len, target)),
            None => self.root.map(|target| (0, target)),
        }
    }

    fn segment(&self, path: &[u8]) -> Option<(usize, Target)> {
        if self.segments.is_empty() {
            return None;
        }
        let segment = &path[..segment_len(path)];
        let target = match memchr::memchr(b'%', segment) {
            None => self.segments.find(segment)?,
            Some(_) => self.segments.find_decoded(segment)?,
        };
        Some((segment.len(), *target))
    }

    fn longest_prefix(&self, path: &[u8]) -> Option<(usize, Target)> {
        let mut mappings = self.prefixes.iter();
        mappings.find_map(|(prefix, target)| Some((decoded_prefix_len(path, prefix)?, *target)))
    }
}

/// How many bytes of `path` spell `prefix`, escapes read; `None` where it starts otherwise.
/// An escaped slash is no slash.
fn decoded_prefix_len(path: &[u8], prefix: &[u8]) -> Option<usize> {
    let mut rest = path;
    for &wanted in prefix {
        let (byte, taken) = match percent::decode_escape(rest) {
            Some(b'/') => return None,
            Some(byte) => (byte, 3),
            None => (*rest.first()?, 1),
        };
        if byte != wanted {
            return None;
        }
        rest = &rest[taken..];
    }
    Some(path.len() - rest.len())
}

/// What follows `/$default`, which the path forms can say and hosts cannot.
fn split_default_stage(path: &[u8]) -> Option<&[u8]> {
    let rest = path.strip_prefix(b"/$default").or_else(|| path.strip_prefix(b"/%24default"))?;
    matches!(rest.first(), None | Some(b'/')).then_some(rest)
}

/// "An empty path equals /."
fn or_root(path: &[u8]) -> &[u8] {
    if path.is_empty() { b"/" } else { path }
}
