package dev.plinth.examples.modular.shop;

import static dev.plinth.query.Filter.field;

import dev.plinth.Database;
import dev.plinth.Repository;
import dev.plinth.entity.Id;
import dev.plinth.entity.Json;
import dev.plinth.query.Order;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/// Records and classes in a package that is open to the layer, which needs no lookup then.
public final class Shop {

  private record Article(@Id UUID id, String name, int cents, @Json Map<String, Object> facts) {}

  /// What all plain classes here have.
  private abstract static class Stored {
    @Id private UUID id;

    UUID id() {
      return id;
    }
  }

  private static final class Customer extends Stored {
    private String name;
    private int visits;

    @SuppressWarnings("UnusedMethod") // the layer makes its rows with it
    Customer() {}

    Customer(String name) {
      this.name = name;
    }

    String name() {
      return name;
    }

    int visits() {
      return visits;
    }
  }

  private record Price(String name, int cents) {}

  private Shop() {}

  /// Stores and finds articles and a customer.
  public static void main(String[] args) {
    try (Database db = Database.open("sqlite::memory:")) {
      db.schema().create(Article.class, Customer.class);

      Repository<Article, UUID> articles = db.repository(Article.class);
      articles.create(new Article(null, "chair", 4_900, Map.of("legs", 4)));
      articles.create(a -> a.set(Article::name, "desk").set(Article::facts, Map.of()));
      articles
          .where(field(Article::cents).atMost(4_900))
          .orderBy(Order.descending(Article::cents))
          .list()
          .forEach(article -> IO.println(article.name() + " " + article.facts()));

      Repository<Customer, UUID> customers = db.repository(Customer.class);
      UUID id = customers.create(new Customer("Ada")).id();
      customers.patch(id, c -> c.add(Customer::visits, 2));
      Customer ada = customers.where(field(Customer::name).is("Ada")).one();
      IO.println(ada.name() + " " + ada.visits() + " " + ada.id().equals(id));

      List<Price> prices =
          db.sql("select name, cents from article order by cents").as(Price.class).list();
      IO.println(prices.getFirst());
    }
  }
}
