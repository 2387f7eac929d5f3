//! Where workers are, in every version of golem:rpc: random addresses, as values and as the URIs that
//! messages have.

use golem_rpc_stub::Address;
use wasmtime::component::{ComponentType, Lift, Lower, Val};

use crate::random::Random;

#[derive(Clone, Copy, Debug, PartialEq, ComponentType, Lift, Lower)]
#[component(record)]
pub(crate) struct Uuid {
    #[component(name = "high-bits")]
    high: u64,
    #[component(name = "low-bits")]
    low: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, ComponentType, Lift, Lower)]
#[component(record)]
pub(crate) struct ComponentId {
    uuid: Uuid,
}

#[derive(Clone, Debug, PartialEq, ComponentType, Lift, Lower)]
#[component(record)]
pub(crate) struct WorkerId {
    #[component(name = "component-id")]
    component: ComponentId,
    #[component(name = "worker-name")]
    name: String,
}

#[derive(Clone, Debug, PartialEq, ComponentType, Lift, Lower)]
#[component(record)]
pub(crate) struct AgentId {
    #[component(name = "component-id")]
    component: ComponentId,
    #[component(name = "agent-id")]
    name: String,
}

/// The id of a worker, whatever its parts are called.
pub(crate) trait Id: ComponentType + Lift + Lower + Send + Sync + 'static {
    fn parts(self) -> (ComponentId, String);
}

impl Id for WorkerId {
    fn parts(self) -> (ComponentId, String) {
        (self.component, self.name)
    }
}

impl Id for AgentId {
    fn parts(self) -> (ComponentId, String) {
        (self.component, self.name)
    }
}

/// A time.
#[derive(Clone, Copy, Debug, PartialEq, ComponentType, Lift, Lower)]
#[component(record)]
pub(crate) struct Datetime {
    seconds: u64,
    nanoseconds: u32,
}

impl Datetime {
    pub(crate) fn random(random: &mut Random) -> Datetime {
        Datetime {
            seconds: random.next(),
            nanoseconds: random.below(1_000_000_000) as u32,
        }
    }

    pub(crate) fn value(self) -> Val {
        record(&[
            ("seconds", Val::U64(self.seconds)),
            ("nanoseconds", Val::U32(self.nanoseconds)),
        ])
    }
}

/// The URI of a worker by its id.
pub(crate) fn urn(component: ComponentId, name: Option<&str>) -> String {
    let Uuid { high, low } = component.uuid;
    let digits = format!("{high:016x}{low:016x}");
    let parts = [0..8, 8..12, 12..16, 16..20, 20..32].map(|part| &digits[part]);
    let name = name.map(|name| format!("/{name}")).unwrap_or_default();
    format!("urn:worker:{}{name}", parts.join("-"))
}

/// An address as the value that a function of the stub takes, and as URI.
pub(crate) fn random(address: Address, random: &mut Random) -> (Val, String) {
    let name = format!("user-é-{}", "x".repeat(random.below(90) as usize));
    let key = match address {
        Address::Uri => {
            let uri = format!("urn:worker:5f2b/{name}");
            return (record(&[("value", Val::String(uri.clone()))]), uri);
        }
        Address::WorkerId => "worker-name",
        Address::AgentId => "agent-id",
    };
    let (component, id) = random_component(random);
    let urn = urn(id, Some(&name));
    let value = record(&[("component-id", component), (key, Val::String(name))]);
    (value, urn)
}

/// The id of a component, as a value and as it is.
pub(crate) fn random_component(random: &mut Random) -> (Val, ComponentId) {
    let (high, low) = (random.next(), random.next());
    let uuid = record(&[("high-bits", Val::U64(high)), ("low-bits", Val::U64(low))]);
    let id = ComponentId {
        uuid: Uuid { high, low },
    };
    (record(&[("uuid", uuid)]), id)
}

fn record(fields: &[(&str, Val)]) -> Val {
    let fields = fields.iter();
    Val::Record(
        fields
            .map(|(name, value)| (name.to_string(), value.clone()))
            .collect(),
    )
}
