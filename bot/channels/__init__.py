"""The platforms, a module or package each; none imports another."""
