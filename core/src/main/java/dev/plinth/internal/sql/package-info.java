/// From operations to SQL text: pure functions over a dialect, no connection in sight.
@NullMarked
package dev.plinth.internal.sql;

import org.jspecify.annotations.NullMarked;
