/// Who did what: the actor of a piece of work, and the log of every change.
@NullMarked
package dev.plinth.audit;

import org.jspecify.annotations.NullMarked;
