//! What happens to one request, step by step?
//!
//! The table of contents of the journey. [`find`](find::Found) says which method takes the request,
//! [`carry_out`] lets its integration answer, and whatever goes wrong has a [`Cause`] that the
//! gateway answers itself. Whatever the end, the exchange is counted and logged.

mod answer;
mod carry_out;
mod find;
mod ids;
mod tally;

use std::sync::Arc;

use tollgate_core::context::{Client, Facts};
use tollgate_core::message::Request;
use tollgate_core::respond::{Cause, Occasion};

pub use self::answer::{refuse, refuse_unread};
use self::carry_out::carry_out;
use self::find::Found;
use self::tally::Tally;
use crate::client::{Reply, RequestBody};
use crate::fence::{Fence, Panicked};
use crate::local::Local;
use crate::publication::Published;
use crate::time::{date, now};

/// How an exchange ended when its integration did not answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ended {
    /// The gateway answers for it.
    Caused(Cause),
    /// Nobody is left to answer, or the answer had begun: the connection tells.
    Cut,
}

/// Where an exchange takes place: all that its steps share.
#[derive(Clone, Copy)]
struct Setting<'s, 'a> {
    local: &'s Local,
    published: &'s Arc<Published>,
    found: &'s Found<'a>,
    occasion: &'s Occasion<'s>,
}

/// A defect costs its exchange: it is counted, logged and answered 500.
fn on_defect(local: &Local, panicked: &Panicked) -> Ended {
    local.telemetry.counters.panics.add(1);
    tracing::error!(message = panicked.0, "an exchange panicked");
    Ended::Caused(Cause::GatewayDefect)
}

/// Runs one exchange from its head to the last byte of its answer.
pub async fn exchange<'c>(
    local: &Local,
    client: Client,
    request: Request<'_>,
    (body, reply): (&mut RequestBody<'c>, &mut Reply<'c>),
) {
    let arrived = now();
    let ids = ids::draw();
    let published = local.published();
    let _running = local.begin_exchange();
    let mut path_scratch = Vec::new();
    let found = Found::find(local, request, &published.snapshot, &mut path_scratch);
    let facts = Facts {
        request,
        client,
        ids: &ids,
        arrived,
        stage: found.stage.map(|stage| &stage.facts),
        base_path: found.base_path,
        path: found.path,
        method: found.method.map(|method| &method.facts),
        path_parameters: found.path_parameters(),
        outcome: None,
    };
    let date = date(arrived);
    let cors = found.stage.and_then(|stage| stage.cors.as_ref());
    let occasion = Occasion { facts: &facts, date: &date, cors };
    let setting = Setting { local, published: &published, found: &found, occasion: &occasion };
    let mut tally = Tally::default();
    let result = {
        // Pinned where it is made: a future that moves leaves its size behind in this one's.
        let sides = (&mut *body, &mut *reply);
        Fence::new(std::pin::pin!(carry_out(&setting, sides, &mut tally))).await
    };
    let result = result.unwrap_or_else(|panicked| Err(on_defect(local, &panicked)));
    if let Err(Ended::Caused(cause)) = result {
        answer::answer(cause, &setting, reply, &mut tally).await;
    }
    tally.close(&setting, body, reply);
}
