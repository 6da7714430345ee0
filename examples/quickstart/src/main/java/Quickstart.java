import static dev.plinth.query.Filter.field;

import dev.plinth.Database;
import dev.plinth.Repository;
import dev.plinth.entity.DeletedAt;
import dev.plinth.entity.Id;

record User(@Id UUID id, String name, String email, @DeletedAt Instant deletedAt) {}

void main() {
  try (Database db = Database.open("sqlite:quickstart.db")) {
    db.schema().create(User.class);
    Repository<User, UUID> users = db.repository(User.class);

    User ada = users.create(u -> u.set(User::name, "Ada").set(User::email, "ada@example.org"));
    users.patch(ada.id(), u -> u.set(User::name, "Ada Lovelace"));
    users.where(field(User::email).endsWith("@example.org")).list().forEach(IO::println);

    users.delete(ada.id()); // softly, because of @DeletedAt: she can be restored
    for (var change : db.audit().of(User.class, ada.id()).list().reversed()) {
      IO.println(change.at() + " " + change.action() + " " + change.differences().keySet());
    }
  }
}
