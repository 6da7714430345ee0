package dev.plinth.testkit.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/// The pages of the documentation, the blocks in them, and the compiled regions they come from.
final class Docs {

  /// A fenced block of a page.
  ///
  /// @param page the page, as its path from the root
  /// @param line the line of the opening fence
  /// @param language the word behind the fence; empty for none
  /// @param text the lines between the fences, without their common indentation
  record Block(String page, int line, String language, String text) {
    String where() {
      return page + ":" + line;
    }
  }

  private Docs() {}

  /// The root folder, wherever the test was started.
  static Path root() {
    Path folder = Path.of("").toAbsolutePath();
    while (folder != null && !Files.exists(folder.resolve("mvnw"))) {
      folder = folder.getParent();
    }
    if (folder == null) {
      throw new IllegalStateException("No folder above the working directory has the file mvnw.");
    }
    return folder;
  }

  /// The pages below a root: those in it and those in its folder `docs`.
  static List<Path> pages(Path root) {
    List<Path> pages = new ArrayList<>();
    try (Stream<Path> top = Files.list(root);
        Stream<Path> docs =
            Files.isDirectory(root.resolve("docs"))
                ? Files.walk(root.resolve("docs"))
                : Stream.empty()) {
      Stream.concat(top, docs).filter(page -> page.toString().endsWith(".md")).forEach(pages::add);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    pages.sort(null);
    return pages;
  }

  static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The path from the root, with slashes.
  static String name(Path root, Path file) {
    return root.relativize(file).toString().replace('\\', '/');
  }

  /// All blocks of all pages below a root.
  static List<Block> blocks(Path root) {
    List<Block> blocks = new ArrayList<>();
    for (Path page : pages(root)) {
      blocks.addAll(parse(name(root, page), text(page)));
    }
    return blocks;
  }

  /// The texts of one page's blocks in a language.
  static List<String> blocks(String page, String language) {
    return parse(page, text(root().resolve(page))).stream()
        .filter(block -> block.language().equals(language))
        .map(Block::text)
        .toList();
  }

  private static List<Block> parse(String page, String text) {
    List<Block> blocks = new ArrayList<>();
    List<String> lines = text.lines().toList();
    int start = -1;
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      if (!line.startsWith("```")) {
        continue;
      }
      if (start < 0) {
        start = i;
      } else {
        blocks.add(
            new Block(
                page,
                start + 1,
                lines.get(start).strip().substring(3),
                trimmed(lines.subList(start + 1, i))));
        start = -1;
      }
    }
    if (start >= 0) {
      throw new IllegalStateException(page + ":" + (start + 1) + ": the block does not end.");
    }
    return blocks;
  }

  /// The rows of the table whose first heading is this word.
  static List<String> rows(String page, String heading) {
    return page.lines()
        .dropWhile(line -> !line.startsWith("| " + heading + " |"))
        .skip(2)
        .takeWhile(line -> line.startsWith("|"))
        .toList();
  }

  /// The cells of each row of that table.
  static List<List<String>> cells(String page, String heading) {
    return rows(page, heading).stream()
        .map(row -> Arrays.stream(row.substring(1).split("\\|")).map(String::strip).toList())
        .toList();
  }

  /// The compiled regions, `// docs: name` to `// end`, of the sources in this package.
  static Map<String, String> regions(Path folder) {
    Map<String, String> regions = new TreeMap<>();
    try (Stream<Path> sources = Files.list(folder)) {
      for (Path source : sources.filter(file -> file.toString().endsWith(".java")).toList()) {
        String name = null;
        List<String> lines = new ArrayList<>();
        for (String line : Files.readAllLines(source)) {
          String text = line.strip();
          if (text.startsWith("// docs: ")) {
            name = text.substring("// docs: ".length());
            lines.clear();
          } else if (text.equals("// end") && name != null) {
            if (regions.put(name, trimmed(lines)) != null) {
              throw new IllegalStateException("Two regions are called " + name + ".");
            }
            name = null;
          } else {
            lines.add(line);
          }
        }
        if (name != null) {
          throw new IllegalStateException(source + ": the region " + name + " does not end.");
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return regions;
  }

  /// SQL on one line: pages break the lines of a statement where they like.
  static String flat(String sql) {
    return sql.replaceAll("\\s+", " ").strip();
  }

  private static String trimmed(List<String> lines) {
    return String.join("\n", lines).stripIndent().strip();
  }
}
