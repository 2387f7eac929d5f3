//! What a function name on the wire means: [`on_wire`].
//!
//! | name | meaning |
//! |---|---|
//! | `f` | a function of the world |
//! | `<interface>.{f}` | a function of an exported interface |
//! | `….{res.new}`, `….{[constructor]res}` | a constructor |
//! | `….{res.f}`, `….{[method]res.f}`, `….{[static]res.f}` | a method or static function |
//! | `….{res.drop}`, `….{[drop]res}` | the end of a resource |
//!
//! A method `new` or `drop` has its long name only, since the short one is taken. Golem also takes
//! `{res("x").f}`, a resource by the arguments of its constructor; this runtime does not.

use crate::error::CallError;
use crate::functions::{ExportedResource, Exports, Function};

/// What is called.
#[derive(Debug)]
pub(crate) enum Called<'a> {
    Function(&'a Function),
    Drop(&'a ExportedResource),
}

/// What a name on the wire means.
pub(crate) fn on_wire<'a>(exports: &'a Exports, name: &str) -> Result<Called<'a>, CallError> {
    let Some((interface, function)) = split(name) else {
        let mut functions = exports.functions.iter();
        let found = functions.find(|known| known.interface.is_none() && known.name == name);
        return match found {
            Some(function) => Ok(Called::Function(function)),
            None => unknown(format!("could not load function {name}")),
        };
    };
    let names = Names { exports, interface };
    if !names.is_known() {
        return unknown(format!("could not load exports for interface {interface}"));
    }
    match names.called(function) {
        Some(called) => Ok(called),
        None => names.refuse(function),
    }
}

fn split(name: &str) -> Option<(&str, &str)> {
    name.strip_suffix('}')?.split_once(".{")
}

fn unknown<T>(reason: String) -> Result<T, CallError> {
    Err(CallError::UnknownFunction { reason })
}

/// The names of one interface.
struct Names<'a, 'n> {
    exports: &'a Exports,
    interface: &'n str,
}

impl<'a> Names<'a, '_> {
    fn is_known(&self) -> bool {
        let own = |interface: &str| interface == self.interface;
        let mut functions = self.exports.functions.iter();
        let mut resources = self.exports.resources.iter();
        functions.any(|known| known.interface.as_deref().is_some_and(own))
            || resources.any(|known| own(&known.interface))
    }

    fn called(&self, name: &str) -> Option<Called<'a>> {
        if let Some(function) = self.function(name) {
            return Some(Called::Function(function));
        }
        if let Some(resource) = name.strip_prefix("[drop]") {
            return self.resource(resource).map(Called::Drop);
        }
        let function = match name.split_once('.')? {
            (resource, "drop") => return self.resource(resource).map(Called::Drop),
            (resource, "new") => self.function(&format!("[constructor]{resource}")),
            _ => self.member(name),
        };
        function.map(Called::Function)
    }

    fn function(&self, name: &str) -> Option<&'a Function> {
        let mut functions = self.exports.functions.iter();
        functions
            .find(|known| known.interface.as_deref() == Some(self.interface) && known.name == name)
    }

    fn member(&self, name: &str) -> Option<&'a Function> {
        let method = self.function(&format!("[method]{name}"));
        method.or_else(|| self.function(&format!("[static]{name}")))
    }

    fn resource(&self, name: &str) -> Option<&'a ExportedResource> {
        let mut resources = self.exports.resources.iter();
        resources.find(|known| known.interface == self.interface && known.name == name)
    }

    fn refuse<T>(&self, name: &str) -> Result<T, CallError> {
        let interface = self.interface;
        if let Some((resource, _)) = name.split_once('(')
            && self.resource(resource).is_some()
        {
            return Err(CallError::Unsupported {
                reason: format!(
                    "`{name}` names a resource by the arguments of its constructor, which this \
                    runtime does not do: call `{resource}.new` and pass the handle"
                ),
            });
        }
        let found = format!("could not load function {name} for interface {interface}");
        match self.member(name) {
            Some(function) => unknown(format!(
                "{found}: there is no constructor; the function of that name is {{{}}}",
                function.name
            )),
            None => unknown(found),
        }
    }
}
