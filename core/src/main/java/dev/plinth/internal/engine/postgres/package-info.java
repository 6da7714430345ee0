/// PostgreSQL, and servers that speak its protocol, by pgjdbc.
@NullMarked
package dev.plinth.internal.engine.postgres;

import org.jspecify.annotations.NullMarked;
