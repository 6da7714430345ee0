package dev.plinth.query;

import java.util.List;

/// One numbered page of a result, with the total.
///
/// The total and the rows are read in one transaction, so they fit together. Immutable.
///
/// @param items the rows of this page; empty past the last
/// @param page the page's number, from 1
/// @param size how many rows a page has
/// @param total how many rows all pages have together
public record Page<T>(List<T> items, int page, int size, long total) {

  /// A page of an immutable copy of the rows.
  public Page {
    items = List.copyOf(items);
  }

  /// How many pages there are; 0 if there are no rows.
  public long totalPages() {
    return (total + size - 1) / size;
  }

  /// Whether a later page has rows.
  public boolean hasNext() {
    return page < totalPages();
  }

  /// Whether this is not the first page.
  public boolean hasPrevious() {
    return page > 1;
  }
}
