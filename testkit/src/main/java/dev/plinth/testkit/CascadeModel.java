package dev.plinth.testkit;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// What deletions and restores along references must do, as simply as it can be said.
final class CascadeModel {

  /// A row.
  ///
  /// @param table 0 for customers, 1 for their payments, 2 for the lines of those
  /// @param name unique among the live rows of the first two tables
  /// @param deletion which deletion took it; null while it lives
  record Node(
      int table, Object id, @Nullable Object parent, String name, @Nullable Integer deletion) {

    boolean live() {
      return deletion == null;
    }

    Node by(@Nullable Integer deletion) {
      return new Node(table, id, parent, name, deletion);
    }
  }

  private Map<Object, Node> nodes = new LinkedHashMap<>();
  private int deletions;

  Map<Object, Node> copy() {
    return new LinkedHashMap<>(nodes);
  }

  void reset(Map<Object, Node> earlier) {
    nodes = new LinkedHashMap<>(earlier);
  }

  List<Node> all(Predicate<Node> wanted) {
    return nodes.values().stream().filter(wanted).toList();
  }

  Node get(Object id) {
    return Objects.requireNonNull(nodes.get(id));
  }

  void remove(Object id) {
    nodes.remove(id);
  }

  void put(Node node) {
    nodes.put(node.id(), node);
  }

  boolean liveParent(@Nullable Object parent) {
    return parent == null || (nodes.containsKey(parent) && get(parent).live());
  }

  boolean taken(int table, String name, @Nullable Object except) {
    return table < 2
        && nodes.values().stream()
            .anyMatch(node ->
                node.table() == table
                    && node.live()
                    && node.name().equals(name)
                    && !node.id().equals(except));
  }

  /// Deletes live rows and what is below them; gives how many of the rows themselves there were.
  long delete(Collection<Node> rows) {
    List<Node> live = rows.stream().filter(Node::live).toList();
    int deletion = ++deletions;
    List<Node> level = live;
    while (!level.isEmpty()) {
      List<Node> next = new ArrayList<>();
      for (Node node : level) {
        put(node.by(deletion));
        next.addAll(all(child -> child.live() && node.id().equals(child.parent())));
      }
      level = next;
    }
    return live.size();
  }

  /// Restores deleted rows and what went with them; null if that cannot be.
  @Nullable Long restore(Collection<Node> rows) {
    Set<Node> back = new LinkedHashSet<>();
    rows.stream().filter(node -> !node.live()).forEach(back::add);
    long own = back.size();
    List<Node> level = List.copyOf(back);
    while (!level.isEmpty()) {
      List<Node> next = new ArrayList<>();
      for (Node node : level) {
        next.addAll(
            all(child ->
                node.id().equals(child.parent())
                    && Objects.equals(node.deletion(), child.deletion())
                    && back.add(child)));
      }
      level = next;
    }
    Set<Object> ids = new HashSet<>();
    Set<String> names = new HashSet<>();
    back.forEach(node -> ids.add(node.id()));
    for (Node node : back) {
      boolean named = node.table() == 2 || names.add(node.table() + node.name());
      if (!named || taken(node.table(), node.name(), null)) {
        return null;
      }
      if (!liveParent(node.parent()) && !ids.contains(node.parent())) {
        return null;
      }
    }
    back.forEach(node -> put(node.by(null)));
    return own;
  }
}
