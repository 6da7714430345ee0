/// What is known of migrations: their versions, and how each of them stands.
@NullMarked
package dev.plinth.migration;

import org.jspecify.annotations.NullMarked;
