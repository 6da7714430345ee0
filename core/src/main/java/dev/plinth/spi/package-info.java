/// The door for whoever extends the layer: engines below, steps between.
///
/// An engine is an [EngineProvider], its [Engine], a [Dialect] and a [Session]; a concern is a
/// [Step]. What flows between them is data: [Operation], [Outcome], [Statement].
@NullMarked
package dev.plinth.spi;

import org.jspecify.annotations.NullMarked;
