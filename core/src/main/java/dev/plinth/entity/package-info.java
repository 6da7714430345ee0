/// The annotations that describe a record to the layer, and references to its components.
///
/// A record needs one of them only: `@Id`. Everything else has a default that is written at the
/// annotation.
@NullMarked
package dev.plinth.entity;

import org.jspecify.annotations.NullMarked;
