/// What engines share: the fair gate in front of their connections.
@NullMarked
package dev.plinth.internal.engine;

import org.jspecify.annotations.NullMarked;
