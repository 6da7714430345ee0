/// The steps that every call goes through, one concern each, in one ordered list.
///
/// The order stands in [Pipeline] and nowhere else.
@NullMarked
package dev.plinth.internal.pipeline;

import org.jspecify.annotations.NullMarked;
