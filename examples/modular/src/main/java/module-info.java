/// A program in a named module: one package is closed, another is open to the layer.
module dev.plinth.examples.modular {
  requires dev.plinth;

  opens dev.plinth.examples.modular.shop to
      dev.plinth;
}
