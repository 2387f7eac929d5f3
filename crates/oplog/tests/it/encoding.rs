//! Entries to bytes and back; bytes that are no entries.

use std::collections::BTreeSet;

use golem_rpc_oplog::{Call, DecodeError, Entry, IdempotencyKey, Invocation, Kind, Pending};

use crate::random::Dice;

#[test]
fn every_entry_comes_back() {
    let mut tags = BTreeSet::new();
    for seed in 0..20_000 {
        let entry = Dice::new(seed).entry();
        tags.insert(entry.kind.tag());
        assert_eq!(Entry::decode(&entry.encode()), Ok(entry));
    }
    // a new kind has to be in `Dice::kind`
    assert!(tags.into_iter().eq(1..=28));
}

#[test]
fn what_is_cut_off_or_goes_on_is_an_error() {
    for seed in 0..500 {
        let mut bytes = Dice::new(seed).entry().encode();
        for length in (0..bytes.len()).rev().take(200) {
            let cut = Entry::decode(&bytes[..length]);
            assert!(cut.is_err(), "{cut:?} is {length} bytes of {bytes:?}");
        }
        bytes.push(0);
        assert_eq!(
            Entry::decode(&bytes),
            Err(DecodeError::Trailing { count: 1 })
        );
    }
}

/// Whatever the bytes are: no panic, and an entry has one form only, unless a varint is longer than
/// it has to be or a key or name is spelled out that has a short form.
#[test]
fn any_bytes_are_an_entry_or_an_error() {
    for seed in 0..20_000 {
        let mut dice = Dice::new(seed);
        let mut bytes = if dice.flag() {
            dice.bytes(60)
        } else {
            dice.entry().encode()
        };
        for _ in 0..dice.below(4) {
            let place = dice.below(bytes.len() as u64 + 1) as usize;
            if let Some(byte) = bytes.get_mut(place) {
                *byte = dice.number() as u8;
            }
        }
        if let Ok(entry) = Entry::decode(&bytes) {
            let again = Entry::decode(&entry.encode()).unwrap();
            // not equal to itself: a policy's multiplier can be no number
            assert_eq!(format!("{again:?}"), format!("{entry:?}"));
        }
    }
}

/// What is on people's disks: these bytes must not change.
#[test]
fn the_form_is_what_it_was() {
    let key = "c0ffee00-0000-4000-8000-000000000001";
    let invocation = Invocation {
        function: "shop:cart/api.{add-item}".to_owned(),
        params: vec![1, 2],
        key: IdempotencyKey(key.into()),
    };
    let pending = Kind::PendingWorkerInvocation {
        invocation: Pending::Call { invocation },
    };
    let call = Call::Queued { index: 300 };
    let imported = Kind::ImportedFunctionInvoked {
        function: "wall_clock::now".into(),
        request: vec![],
        response: vec![7],
        effect: golem_rpc_oplog::Effect::WriteRemoteBatched { begin: Some(5) },
    };
    let forms = [
        (
            pending,
            "05110018".to_owned()
                + &hex(b"shop:cart/api.{add-item}")
                + "02010201c0ffee00000040008000000000000001",
        ),
        (
            Kind::ExportedFunctionInvoked { call },
            "050200ac02".to_owned(),
        ),
        (imported, "050402000107040105".to_owned()),
    ];
    for (kind, form) in forms {
        assert_eq!(hex(&Entry { time: 5, kind }.encode()), form);
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A call of a worker by another, with names as people have them.
#[test]
fn a_small_call_takes_few_bytes() {
    let time = 1_800_000_000_000;
    let invocation = Invocation {
        function: "shopping:cart-exports/cart-api.{add-item}".to_owned(),
        params: vec![0; 40],
        key: IdempotencyKey("c0ffee00-0000-4000-8000-000000000001".into()),
    };
    let kinds = [
        Kind::PendingWorkerInvocation {
            invocation: Pending::Call { invocation },
        },
        Kind::ExportedFunctionInvoked {
            call: Call::Queued { index: 70_000 },
        },
        Kind::ExportedFunctionCompleted {
            response: vec![0; 10],
            fuel: 0,
        },
    ];
    let bytes = kinds.map(|kind| Entry { time, kind }.encode().len());
    assert!(bytes.iter().sum::<usize>() <= 160, "{bytes:?}");
}
