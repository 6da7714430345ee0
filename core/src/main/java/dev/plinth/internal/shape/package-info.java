/// Records and their columns: what a table's rows look like, made once per type.
@NullMarked
package dev.plinth.internal.shape;

import org.jspecify.annotations.NullMarked;
