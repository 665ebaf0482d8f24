"""How models learn, with no idea of who watches."""
