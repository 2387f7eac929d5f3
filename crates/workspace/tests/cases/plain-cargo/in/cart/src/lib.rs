wit_bindgen::generate!({ world: "cart", generate_all });
