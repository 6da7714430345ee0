/// A program in a named module that opens nothing.
module dev.plinth.examples.modular {
  requires dev.plinth;
}
