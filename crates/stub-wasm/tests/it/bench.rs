//! Random values on their way there and back, for every function of a stub: what arrives at the host
//! must be what was sent, what comes back what was answered, and no resource may be left over.
//!
//! Remote resources are made, passed and dropped in random order. Each has an id that no other has,
//! so that it can be told on the wire; the host's set of them must be empty in the end.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use golem_rpc_stub::{Receiver, ResourceKind, RpcErrors, Stub, StubFunction, StubResource};
use wasmtime::component::{ResourceAny, ResourceType, Type, Val};

use crate::address::{self, Datetime};
use crate::host::{Answer, Compiled, End, Running};
use crate::random::Random;
use crate::wire::{Node, RpcError, Tree};

/// More remote resources than these are not kept.
const MOST: usize = 12;

/// A remote resource that is alive, and what stands for it on the wire.
struct Held {
    resource: ResourceAny,
    ty: ResourceType,
    uri: String,
    id: u64,
    worker: String,
}

/// A call as the host got it, and what the caller of the stub got; or the end of a resource.
#[derive(Debug, PartialEq)]
pub(crate) enum Step {
    Call {
        how: &'static str,
        worker: String,
        function: String,
        params: Vec<Tree>,
        when: Option<Datetime>,
    },
    Result(Option<Tree>),
    Error(Val),
    End(End),
}

/// What a call was, for messages and for checks.
struct Made<'a> {
    name: &'a str,
    how: &'static str,
    worker: String,
    wire_name: &'a str,
    trees: Vec<Tree>,
    when: Option<Datetime>,
}

/// How the host answers, and what the caller must get.
enum Expected {
    /// This value.
    Good(Option<Tree>),
    /// This error.
    Error(RpcError),
    /// Some value or an error: the answer was spoiled, and had resources of these ids.
    Spoiled(BTreeSet<u64>),
}

/// A stub that runs, and everything that it has made.
pub(crate) struct Bench<'a> {
    stub: &'a Stub,
    running: Running,
    random: Random,
    held: Vec<Held>,
    types: Vec<(ResourceType, &'a StubResource)>,
    last_id: u64,
    pub(crate) calls: usize,
    /// How often a function could not be called since there was no resource to pass.
    pub(crate) skipped: usize,
    /// What was done, if that is wanted.
    pub(crate) trace: Option<Vec<Step>>,
}

/// Calls all functions of a stub's emitted component `rounds` times, and gives the number of calls.
pub(crate) fn exercise(stub: &Stub, random: Random, rounds: usize) -> usize {
    let mut bench = Bench::new(stub, &Compiled::new(stub), random);
    for _ in 0..rounds {
        bench.round();
    }
    bench.finish();
    bench.calls
}

impl<'a> Bench<'a> {
    pub(crate) fn new(stub: &'a Stub, compiled: &Compiled, random: Random) -> Bench<'a> {
        let mut running = compiled.start(Answer::Never);
        let remote = stub
            .resources
            .iter()
            .filter(|r| r.kind != ResourceKind::Worker);
        let types = remote.map(|r| (running.resource_type(&r.name), r));
        Bench {
            stub,
            types: types.collect(),
            running,
            random,
            held: Vec::new(),
            last_id: 0,
            calls: 0,
            skipped: 0,
            trace: None,
        }
    }

    /// Calls every form of every function once.
    pub(crate) fn round(&mut self) {
        for resource in &self.stub.resources {
            for function in &resource.functions {
                self.stock();
                self.wait(resource, function);
                self.start(resource, function);
                self.schedule(resource, function);
                while self.held.len() > MOST || (!self.held.is_empty() && self.random.below(6) == 0)
                {
                    self.drop_some();
                }
            }
        }
        // resources without functions live and die as well
        self.stock();
    }

    /// Drops all that is left, in random order, and looks for what is not gone then.
    pub(crate) fn finish(&mut self) {
        while !self.held.is_empty() {
            self.drop_some();
        }
        assert_eq!(self.running.stderr(), "");
        let state = self.running.store.data();
        assert_eq!((state.alive, state.tokens), ((0, 0), 0), "all is dropped");
        assert_eq!(state.remote, BTreeSet::new(), "no remote resource leaks");
    }

    fn results(&self) -> bool {
        self.stub.options.rpc_errors == RpcErrors::Result
    }

    fn step(&mut self, step: Step) {
        if let Some(trace) = &mut self.trace {
            trace.push(step);
        }
    }

    /// Makes some of the resources that can be made.
    fn stock(&mut self) {
        for (ty, resource) in self.types.clone() {
            if self.held.iter().filter(|held| held.ty == ty).count() < 2 {
                self.make(resource);
            }
        }
    }

    fn drop_some(&mut self) {
        let place = self.random.below(self.held.len() as u64) as usize;
        let held = self.held.swap_remove(place);
        self.running.store.data_mut().answer = Answer::Never;
        let ends = self.running.end(held.resource).unwrap();
        let (_, resource) = self.types.iter().find(|(ty, _)| *ty == held.ty).unwrap();
        let ResourceKind::Remote { drop, .. } = &resource.kind else {
            unreachable!("only remote resources are held");
        };
        let expected = End {
            worker: held.worker,
            function: drop.clone(),
            uri: held.uri,
            id: held.id,
        };
        assert_eq!(ends, std::slice::from_ref(&expected));
        self.step(Step::End(expected));
    }

    /// A function that makes a resource, its first argument, and the URI of the worker.
    fn address(&mut self, resource: &'a StubResource) -> Option<(&'a str, Val, String)> {
        let constructor = resource.constructor.as_deref()?;
        match &resource.ephemeral {
            Some(ephemeral) if self.random.below(3) == 0 => {
                let (value, id) = address::random_component(&mut self.random);
                Some((ephemeral, value, address::urn(id, None)))
            }
            _ => {
                let address = self.stub.options.golem_rpc.address();
                let (value, uri) = address::random(address, &mut self.random);
                Some((constructor, value, uri))
            }
        }
    }

    /// Makes a remote resource by its constructor, if it has one and that can be called.
    fn make(&mut self, resource: &'a StubResource) {
        let ResourceKind::Remote { new: Some(new), .. } = &resource.kind else {
            return;
        };
        let Some((name, address, worker)) = self.address(resource) else {
            return;
        };
        let (types, result) = self.running.signature(name);
        let Some((trees, given)) = self.params(&types[1..], None) else {
            return;
        };
        let mut values = vec![address];
        values.extend(self.values(&trees, &types[1..]));
        let tree = self.fresh();
        let nodes = tree.clone().answer(&mut self.random);
        self.running.store.data_mut().answer = Answer::Nodes(nodes);
        let made = self.running.call(name, &values).unwrap().unwrap();
        self.give(&given);
        self.check(&Made {
            name,
            how: "invoke-and-await",
            worker: worker.clone(),
            wire_name: new,
            trees,
            when: None,
        });
        self.lifted(&made, &result.unwrap(), &worker, &tree);
    }

    /// A new handle, as an answer has it.
    fn fresh(&mut self) -> Tree {
        fresh(&mut self.random, &mut self.last_id, &mut self.running)
    }

    /// Random parameters, and the ids of the resources that they give away; none if there are too few
    /// resources. `lent` is not given away.
    fn params(&mut self, types: &[Type], lent: Option<u64>) -> Option<(Vec<Tree>, Vec<u64>)> {
        // of each id whether it is given away
        let mut picked: BTreeMap<u64, bool> = lent.map(|id| (id, false)).into_iter().collect();
        let held = &self.held;
        let mut handle = |random: &mut Random, ty: &Type| {
            let (ty, own) = match ty {
                Type::Own(ty) => (ty, true),
                Type::Borrow(ty) => (ty, false),
                other => panic!("a handle, not {other:?}"),
            };
            let free = held.iter().filter(|held| {
                let picked = picked.get(&held.id);
                held.ty == *ty && !picked.is_some_and(|given| own || *given)
            });
            let free: Vec<&Held> = free.collect();
            let held = free.get(random.below(free.len().max(1) as u64) as usize)?;
            picked.insert(held.id, own);
            Some(Tree::Handle(held.uri.clone(), held.id))
        };
        let random = &mut self.random;
        let trees = types.iter().map(|ty| random.tree(ty, 0, &mut handle));
        let trees: Vec<Tree> = trees.collect::<Option<_>>()?;
        let mut given = Vec::new();
        trees.iter().for_each(|tree| {
            tree.handles(&mut |_, id| {
                if picked[&id] {
                    given.push(id);
                }
            });
        });
        Some((trees, given))
    }

    fn values(&self, trees: &[Tree], types: &[Type]) -> Vec<Val> {
        let held = |id| self.held.iter().find(|held| held.id == id).unwrap();
        let values = trees.iter().zip(types);
        values
            .map(|(tree, ty)| tree.value(ty, &mut |id| held(id).resource))
            .collect()
    }

    /// The worker owns these from now on.
    fn give(&mut self, ids: &[u64]) {
        self.held.retain(|held| !ids.contains(&held.id));
        let remote = &mut self.running.store.data_mut().remote;
        ids.iter().for_each(|id| assert!(remote.remove(id)));
    }

    fn check(&mut self, made: &Made<'_>) {
        let call = self.running.last();
        assert_eq!((call.how, &*call.worker), (made.how, &*made.worker));
        assert_eq!(call.function, made.wire_name, "{}", made.name);
        let params: Vec<Tree> = call.params.iter().map(Tree::read).collect();
        assert_eq!(params, made.trees, "{}", made.name);
        assert_eq!(call.when, made.when, "{}", made.name);
        self.calls += 1;
        self.step(Step::Call {
            how: call.how,
            worker: call.worker,
            function: call.function,
            params,
            when: call.when,
        });
    }

    /// The tree of a result, whose resources are those of the answer; they are held from now on.
    fn lifted(&mut self, value: &Val, ty: &Type, worker: &str, answer: &Tree) {
        let mut handles = VecDeque::new();
        answer.handles(&mut |uri, id| handles.push_back((uri.to_string(), id)));
        let held = &mut self.held;
        let tree = Tree::with(value, ty, &mut |resource| {
            let (uri, id) = handles.pop_front().expect("as many as were answered");
            held.push(Held {
                resource,
                ty: resource.ty(),
                uri: uri.clone(),
                id,
                worker: worker.to_string(),
            });
            Tree::Handle(uri, id)
        });
        assert_eq!(&tree, answer);
        self.step(Step::Result(Some(tree)));
    }

    /// Makes the host answer a call whose function gives `ty`.
    fn answer(&mut self, ty: Option<&Type>, function: &StubFunction) -> Expected {
        let mut tree = None;
        if let Some(ty) = ty {
            let (last, running) = (&mut self.last_id, &mut self.running);
            tree = self
                .random
                .tree(ty, 0, &mut |random, _| Some(fresh(random, last, running)));
        }
        let mut nodes = match &tree {
            Some(tree) => tree.clone().answer(&mut self.random),
            None => vec![Node::Tuple(vec![])],
        };
        let (answer, expected) = match self.random.below(10) {
            0 if self.results() => {
                let error = self.error();
                self.forget_answer(tree.as_ref());
                (Answer::Error(error.clone()), Expected::Error(error))
            }
            // what is called like the end of a resource cannot be told from it
            1 if self.results() && tree.is_some() && !function.wire_name.ends_with("drop}") => {
                spoil(&mut nodes, &mut self.random);
                let ids = self.forget_answer(tree.as_ref());
                (Answer::Nodes(nodes), Expected::Spoiled(ids))
            }
            _ => (Answer::Nodes(nodes), Expected::Good(tree)),
        };
        self.running.store.data_mut().answer = answer;
        expected
    }

    /// What an answer made is not there, since the answer is another one.
    fn forget_answer(&mut self, tree: Option<&Tree>) -> BTreeSet<u64> {
        let remote = &mut self.running.store.data_mut().remote;
        let mut ids = BTreeSet::new();
        if let Some(tree) = tree {
            tree.handles(&mut |_, id| {
                remote.remove(&id);
                ids.insert(id);
            });
        }
        ids
    }

    fn error(&mut self) -> RpcError {
        let text = "é".repeat(self.random.below(50) as usize);
        match self.random.below(4) {
            0 => RpcError::ProtocolError(text),
            1 => RpcError::Denied(text),
            2 => RpcError::NotFound(text),
            _ => RpcError::RemoteInternalError(text),
        }
    }

    /// The type that the remote function gives, by what the stub's function gives.
    fn remote_type(&self, ty: Option<Type>) -> Option<Type> {
        match (self.results(), ty) {
            (true, Some(Type::Result(result))) => result.ok(),
            (_, ty) => ty,
        }
    }

    /// Compares what the caller got.
    fn got(&mut self, got: Option<Val>, ty: Option<&Type>, worker: &str, expected: Expected) {
        let got = match (self.results(), got) {
            (true, Some(Val::Result(result))) => result.map(|ok| ok.map(|ok| *ok)),
            (false, got) => Ok(got),
            (true, other) => panic!("a result, not {other:?}"),
        };
        match (expected, got) {
            (Expected::Good(None), Ok(None)) => self.step(Step::Result(None)),
            (Expected::Good(Some(tree)), Ok(Some(value))) => {
                self.lifted(&value, ty.unwrap(), worker, &tree);
            }
            (Expected::Error(error), Err(Some(got))) => {
                assert_eq!(*got, error.value());
                self.step(Step::Error(*got));
            }
            (Expected::Spoiled(ids), got) => self.got_spoiled(got, ty, &ids),
            (_, got) => panic!("something else was answered: {got:?}"),
        }
        let ends = std::mem::take(&mut self.running.store.data_mut().ends);
        assert_eq!(ends, []);
    }

    /// Of a spoiled answer all that was made of it must end.
    fn got_spoiled(
        &mut self,
        got: Result<Option<Val>, Option<Box<Val>>>,
        ty: Option<&Type>,
        ids: &BTreeSet<u64>,
    ) {
        let mut ends = std::mem::take(&mut self.running.store.data_mut().ends);
        match got {
            Ok(value) => {
                let mut all = Vec::new();
                Tree::with(&value.unwrap(), ty.unwrap(), &mut |resource| {
                    all.push(resource);
                    Tree::Handle(String::new(), 0)
                });
                assert_eq!(ends, []);
                for resource in all {
                    ends.extend(self.running.end(resource).unwrap());
                }
            }
            Err(error) => {
                let Some(Val::Variant(case, Some(text))) = error.as_deref() else {
                    panic!("an error, not {error:?}");
                };
                assert_eq!(case, "protocol-error");
                let Val::String(text) = &**text else {
                    panic!("a text");
                };
                assert!(text.starts_with("malformed value: expected "), "{text}");
            }
        }
        let ended: BTreeSet<u64> = ends.iter().map(|end| end.id).collect();
        assert_eq!(ended.len(), ends.len(), "none ends twice");
        assert!(ended.is_subset(ids), "none ends that was not there");
    }

    /// Calls one form of a function: gives what the stub's function gave, and what was done; none if
    /// there is no resource to call it with. `answered` says how the host answers.
    fn call(
        &mut self,
        (resource, function): (&'a StubResource, &'a StubFunction),
        (name, how): (&'a str, &'static str),
        answered: &mut dyn FnMut(&mut Self) -> bool,
    ) -> Option<(Option<Val>, Called)> {
        let (types, _) = self.running.signature(name);
        let (mut values, mut trees, mut worker) = (Vec::new(), Vec::new(), String::new());
        let (mut connected, mut lent) = (None, None);
        match function.receiver {
            Receiver::Worker => {
                let (handle, uri) = self.connect(resource);
                values.push(Val::Resource(handle));
                (connected, worker) = (Some(handle), uri);
            }
            Receiver::Resource => {
                let ty = self.types.iter().find(|(_, r)| r.id == resource.id);
                let ty = ty.unwrap().0;
                let mut own = self.held.iter().filter(|held| held.ty == ty);
                let Some(held) = own.next_back() else {
                    self.skipped += 1;
                    return None;
                };
                values.push(Val::Resource(held.resource));
                trees.push(Tree::Handle(held.uri.clone(), held.id));
                worker = held.worker.clone();
                lent = Some(held.id);
            }
            Receiver::Address => {
                let address = self.stub.options.golem_rpc.address();
                let (value, uri) = address::random(address, &mut self.random);
                values.push(value);
                worker = uri;
            }
            Receiver::Param(_) => {}
        }
        let when = (how == "schedule").then(|| Datetime::random(&mut self.random));
        values.extend(when.map(Datetime::value));
        let types = &types[values.len()..];
        let Some((own, given)) = self.params(types, lent) else {
            connected
                .into_iter()
                .for_each(|handle| self.running.drop(handle));
            self.skipped += 1;
            return None;
        };
        values.extend(self.values(&own, types));
        if let (Receiver::Param(place), Some(_)) = (function.receiver, own.first()) {
            let Tree::Handle(_, id) = &own[place] else {
                panic!("the parameter is a handle");
            };
            let held = self.held.iter().find(|held| held.id == *id);
            worker = held.unwrap().worker.clone();
        }
        trees.extend(own);
        self.running.store.data_mut().ending = answered(self);
        let got = self.running.call(name, &values);
        self.running.store.data_mut().ending = false;
        let got = got.unwrap_or_else(|e| panic!("{name}: {e:?}: {}", self.running.stderr()));
        self.give(&given);
        self.check(&Made {
            name,
            how,
            worker: worker.clone(),
            wire_name: &function.wire_name,
            trees,
            when,
        });
        Some((got, Called { worker, connected }))
    }

    fn connect(&mut self, resource: &'a StubResource) -> (ResourceAny, String) {
        let address = self.address(resource);
        let (name, value, uri) = address.expect("a worker has a constructor");
        match self.running.call(name, &[value]) {
            Ok(Some(Val::Resource(handle))) => (handle, uri),
            other => panic!("`{name}` gives a resource, not {other:?}"),
        }
    }

    /// Drops the worker that was made for a call.
    fn disconnect(&mut self, called: Called) {
        called
            .connected
            .into_iter()
            .for_each(|handle| self.running.drop(handle));
    }

    fn wait(&mut self, resource: &'a StubResource, function: &'a StubFunction) {
        let (_, ty) = self.running.signature(&function.blocking);
        let ty = self.remote_type(ty);
        let mut expected = None;
        let mut answer = |bench: &mut Self| {
            let answer = bench.answer(ty.as_ref(), function);
            let spoiled = matches!(answer, Expected::Spoiled(_));
            expected = Some(answer);
            spoiled
        };
        let names = (&*function.blocking, "invoke-and-await");
        if let Some((got, called)) = self.call((resource, function), names, &mut answer) {
            let expected = expected.expect("it was answered");
            self.got(got, ty.as_ref(), &called.worker, expected);
            self.disconnect(called);
        }
    }

    fn start(&mut self, resource: &'a StubResource, function: &'a StubFunction) {
        let start = &*function.start;
        let Some(future) = function.future else {
            let mut expected = None;
            let mut answer = |bench: &mut Self| {
                expected = Some(bench.answer(None, function));
                false
            };
            let called = self.call((resource, function), (start, "invoke"), &mut answer);
            if let Some((got, called)) = called {
                let expected = expected.expect("it was answered");
                self.got(got, None, &called.worker, expected);
                self.disconnect(called);
            }
            return;
        };
        let names = (start, "async-invoke-and-await");
        let mut unanswered = |bench: &mut Self| {
            bench.running.store.data_mut().answer = Answer::Never;
            false
        };
        let called = self.call((resource, function), names, &mut unanswered);
        let Some((Some(Val::Resource(handle)), mut called)) = called else {
            return;
        };
        let name = self.stub.resolve.types[future].name.as_deref().unwrap();
        // the worker's handle, or other resources, may go first
        if self.random.below(2) == 0 {
            called
                .connected
                .take()
                .into_iter()
                .for_each(|handle| self.running.drop(handle));
            if !self.held.is_empty() {
                self.drop_some();
            }
        }
        self.finish_future(name, handle, function, &called.worker);
        self.disconnect(called);
    }

    fn finish_future(
        &mut self,
        name: &str,
        future: ResourceAny,
        function: &StubFunction,
        worker: &str,
    ) {
        let get = format!("[method]{name}.get");
        let value = [Val::Resource(future)];
        if self.random.below(2) == 0 {
            let early = self.running.call(&get, &value).unwrap();
            assert_eq!(early, Some(Val::Option(None)), "{get} too early");
            let subscribe = format!("[method]{name}.subscribe");
            let Some(Val::Resource(pollable)) = self.running.call(&subscribe, &value).unwrap()
            else {
                panic!("`{subscribe}` gives a pollable");
            };
            self.running.drop(pollable);
        }
        let (_, ty) = self.running.signature(&function.blocking);
        let ty = self.remote_type(ty);
        let expected = self.answer(ty.as_ref(), function);
        let spoiled = matches!(expected, Expected::Spoiled(_));
        self.running.store.data_mut().ending = spoiled;
        let got = self.running.call(&get, &value).unwrap();
        self.running.store.data_mut().ending = false;
        let Some(Val::Option(Some(got))) = got else {
            panic!("`{get}` gives what was answered, not {got:?}");
        };
        self.got(Some(*got), ty.as_ref(), worker, expected);
        self.running.drop(future);
    }

    fn schedule(&mut self, resource: &'a StubResource, function: &'a StubFunction) {
        let Some(schedule) = function.schedule.as_deref() else {
            return;
        };
        let names = (schedule, "schedule");
        let called = self.call((resource, function), names, &mut |_| false);
        if let Some((token, called)) = called {
            let Some(Val::Resource(token)) = token else {
                panic!("`{schedule}` gives a token, not {token:?}");
            };
            self.running.drop(token);
            self.disconnect(called);
        }
    }
}

/// The worker of a call, and its handle if that was made for it.
struct Called {
    worker: String,
    connected: Option<ResourceAny>,
}

/// A new handle, as an answer has it.
fn fresh(random: &mut Random, last: &mut u64, running: &mut Running) -> Tree {
    *last += 1;
    // ids of all sizes, each once
    let id = last.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    running.store.data_mut().remote.insert(id);
    let uri = format!("urn:worker:7a/{}", "ü".repeat(random.below(40) as usize));
    Tree::Handle(uri, id)
}

/// Takes a good answer apart at one place: other kinds, other indices, other lengths.
pub(crate) fn spoil(nodes: &mut Vec<Node>, random: &mut Random) {
    let place = random.below(nodes.len() as u64) as usize;
    let index = match random.below(4) {
        0 => -1,
        1 => i32::MAX,
        2 => nodes.len() as i32,
        _ => random.below(nodes.len() as u64) as i32,
    };
    match random.below(6) {
        0 => nodes[place] = Node::List(vec![index; 1 + random.below(100_000) as usize]),
        1 => nodes[place] = Node::Variant((random.next() as u32, Some(index))),
        2 => nodes[place] = Node::Option(Some(index)),
        3 => nodes.truncate(place),
        4 => nodes[place] = Node::Flags(vec![true; random.below(1_000) as usize]),
        _ => nodes[place].children(&mut |child| *child = index),
    }
}

impl RpcError {
    /// The value that callers get.
    pub(crate) fn value(&self) -> Val {
        let (case, text) = match self {
            RpcError::ProtocolError(text) => ("protocol-error", text),
            RpcError::Denied(text) => ("denied", text),
            RpcError::NotFound(text) => ("not-found", text),
            RpcError::RemoteInternalError(text) => ("remote-internal-error", text),
        };
        let text = Val::String(text.clone());
        Val::Variant(case.into(), Some(Box::new(text)))
    }
}
