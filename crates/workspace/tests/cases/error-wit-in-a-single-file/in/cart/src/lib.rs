wit_bindgen::generate!(in "wit/cart.wit");
