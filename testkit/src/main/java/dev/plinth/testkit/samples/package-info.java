/// The records that the contracts store.
@NullMarked
package dev.plinth.testkit.samples;

import org.jspecify.annotations.NullMarked;
