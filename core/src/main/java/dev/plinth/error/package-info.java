/// Everything that can go wrong, as one sealed tree with stable codes.
@NullMarked
package dev.plinth.error;

import org.jspecify.annotations.NullMarked;
