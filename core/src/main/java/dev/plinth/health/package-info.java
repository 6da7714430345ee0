/// How the layer is doing.
@NullMarked
package dev.plinth.health;

import org.jspecify.annotations.NullMarked;
