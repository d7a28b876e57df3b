//! Clients that go away in the middle. Invariant: what was acknowledged is there, once, and no connection is left inside a
//! transaction, wherever a request was cut off.

use std::{
    future::poll_fn,
    pin::pin,
    sync::atomic::{AtomicBool, Ordering},
    task::Poll,
};

use bihuan::{
    services::{
        ServiceError,
        access::Author,
        trail::{Action, Change, NOTHING, record_change},
    },
    store::{Db, settings::read_data_version, with_tx},
};
use sqlx::{AssertSqlSafe, Executor, postgres::PgPoolOptions};

use crate::{
    fixtures::usual_now,
    support::{Place, read_number, read_texts},
};

/// Requests at the same time.
const CLIENTS: u64 = 16;
/// Writes that each of them sees acknowledged: 2,000 in all.
const ACKNOWLEDGED: u64 = 125;

/// The same numbers in every run.
struct Dice(u64);

impl Dice {
    fn throw(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides
    }
}

/// Polls `work` so often and then drops it where it stands, as a client that disconnects does. `None` when it was cut off.
async fn cut_off_after<T>(polls: u64, work: impl Future<Output = T>) -> Option<T> {
    let mut work = pin!(work);
    let mut left = polls;
    poll_fn(move |context| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        work.as_mut().poll(context).map(Some)
    })
    .await
}

/// One change with its row in the audit chain.
async fn write(db: &Db, name: String) -> Result<(), ServiceError> {
    with_tx(db, move |tx| {
        Box::pin(async move {
            let change = Change { action: Action::SignIn, object_kind: "storm", object_id: &name, reason: "" };
            record_change(tx, &Author::command_line(), usual_now(), change, NOTHING, NOTHING).await
        })
    })
    .await
}

async fn read(db: &Db) -> i64 {
    let mut tx = db.read().await.unwrap();
    read_data_version(&mut tx).await.unwrap()
}

async fn be_a_client(db: Db, number: u64) -> Vec<String> {
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15 ^ (number + 1));
    let mut acknowledged = Vec::new();
    for round in 0..ACKNOWLEDGED {
        for attempt in 0..dice.throw(3) {
            cut_off_after(dice.throw(4), write(&db, format!("cut {number} {round} {attempt}"))).await;
        }
        for _ in 0..dice.throw(4) {
            cut_off_after(dice.throw(8), read(&db)).await;
        }
        let name = format!("kept {number} {round}");
        write(&db, name.clone()).await.unwrap();
        acknowledged.push(name);
    }
    acknowledged
}

stories! {
    async fn nothing_acknowledged_is_lost_when_clients_go_away(place: Place) {
        let db = place.db.clone();
        let clients: Vec<_> = (0..CLIENTS).map(|number| tokio::spawn(be_a_client(db.clone(), number))).collect();
        let mut acknowledged = Vec::new();
        for client in clients {
            acknowledged.extend(client.await.unwrap());
        }
        assert_eq!(acknowledged.len(), 2_000);

        // Another connection, which saw nothing of the storm, finds each acknowledged write exactly once.
        let fresh = bihuan::store::connect(&place.url).await.unwrap();
        let mut stored = read_texts(&fresh, "SELECT object_id FROM audit WHERE object_id LIKE 'kept%'").await;
        stored.sort();
        acknowledged.sort();
        assert_eq!(stored, acknowledged);
        assert_eq!(read_number(&fresh, "SELECT COUNT(*) - COUNT(DISTINCT object_id) FROM audit").await, 0, "none was written twice");

        // A write that was cut off goes on to its end by itself; one more write waits until all of them have.
        write(&db, "last".to_owned()).await.unwrap();
        let rows = read_number(&db, "SELECT COUNT(*) FROM audit").await;
        assert_eq!(read_number(&db, "SELECT sequence FROM audit_head").await, rows, "the chain has no gaps");

        // As many readers as there are connections, all at once: none stands on an old snapshot, and writing goes on.
        let mut open = Vec::new();
        for _ in 0..8 {
            let mut tx = db.read().await.unwrap();
            assert_eq!(read_data_version(&mut tx).await.unwrap(), rows + 1);
            open.push(tx);
        }
        write(&db, "beside the readers".to_owned()).await.unwrap();
        drop(open);
        assert_eq!(read(&db).await, rows + 2);
    }
}

/// The control: the same library without the two protections. It shows that the storm above can fail, and turns red when
/// the library no longer needs them.
#[tokio::test]
async fn without_the_protection_postgres_loses_acknowledged_writes() {
    static LOST: AtomicBool = AtomicBool::new(false);
    crate::support::tell_on_postgres(|place: Place| async move {
        // After which poll `begin` waits for the server's answer depends on how fast the server is: several are tried.
        for attempt in 0..200 {
            let pool = PgPoolOptions::new().max_connections(1).connect(&place.url).await.unwrap();
            cut_off_after(1 + attempt % 4, pool.begin()).await;
            let insert = AssertSqlSafe(format!("INSERT INTO settings (name, value) VALUES ('naive {attempt}', '')"));
            pool.execute(insert).await.unwrap();
            drop(pool);
            let found = read_number(&place.db, &format!("SELECT COUNT(*) FROM settings WHERE name = 'naive {attempt}'")).await;
            if found == 0 {
                LOST.store(true, Ordering::Relaxed);
                break;
            }
        }
    })
    .await;
    assert!(LOST.load(Ordering::Relaxed), "`pool.begin` survives being cut off: `before_acquire` in connect.rs may go");
}
