/// How subscribers follow the audit log.
@NullMarked
package dev.plinth.internal.change;

import org.jspecify.annotations.NullMarked;
