//! The cart.

mod bindings {
    wit_bindgen::generate!({ inline: "package shopping:cart;" });
}
