/// How to read and how to change, as immutable values: filters, orders, queries, pages, changes.
@NullMarked
package dev.plinth.query;

import org.jspecify.annotations.NullMarked;
