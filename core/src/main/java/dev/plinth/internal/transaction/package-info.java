/// Transactions bound to the scope of the work, never to a shared object.
@NullMarked
package dev.plinth.internal.transaction;

import org.jspecify.annotations.NullMarked;
