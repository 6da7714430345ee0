/// Which rows an actor sees.
@NullMarked
package dev.plinth.internal.policy;

import org.jspecify.annotations.NullMarked;
