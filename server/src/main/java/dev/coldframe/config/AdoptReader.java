package dev.coldframe.config;

import dev.coldframe.net.IpRange;
import dev.coldframe.node.Adoption;
import dev.coldframe.node.Profile;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/// Reads `adopt:`, which is `ask` or a mapping with `auto`.
final class AdoptReader {
  private static final String NUMBER = "{n}";
  private static final int MAX_LIMIT = 65_536;

  /// Stands in for a profile that could not be read; such a file is never served.
  private static final String UNREAD = "";

  private enum Word {
    ASK
  }

  private enum Trust {
    SEGMENT
  }

  private static final Read<Adoption> ASK =
      Reads.choice(Section.SITE, "adopt", List.of(Word.ASK)).as(_ -> new Adoption.Ask());
  private static final Read<Boolean> TRUST =
      Reads.choice(Section.AUTO, "trust", List.of(Trust.SEGMENT)).as(_ -> true);
  private static final Read<String> NAME = Reads.TEXT.keeping(AdoptReader::nameProblem);

  private final Problems problems;
  private final Read<Profile> profile;

  AdoptReader(Problems problems, Map<String, Profile> profiles) {
    this.problems = problems;
    this.profile = ProfilesReader.oneOf(profiles);
  }

  /// The rule, and where its range of addresses stands.
  record Result(Adoption adoption, Optional<Placed<IpRange>> addresses) {}

  Result read(Optional<Value> value) {
    if (value.isEmpty() || value.get() instanceof Value.Scalar) {
      return new Result(
          value.flatMap(v -> ASK.from(v, problems)).orElseGet(Adoption.Ask::new), Optional.empty());
    }
    return auto(Fields.of(value.get(), Section.ADOPT, problems));
  }

  private Result auto(Fields adopt) {
    if (adopt.lacks("auto")) {
      problems.error(adopt.place(), "has no rule; write ask, or auto with its keys");
      return new Result(new Adoption.Ask(), Optional.empty());
    }
    Fields in = adopt.section("auto", Section.AUTO);
    Optional<Placed<IpRange>> addresses = in.get("addresses", Reads.RANGE.placed());
    Optional<Integer> limit = in.get("limit", Reads.integer(1, MAX_LIMIT));
    if (in.lacks("addresses", "limit")) {
      problems.error(in.place(), "adopts without end; write addresses, limit or both to bound it");
    }
    Optional<Profile> boots =
        in.require("profile", profile, "write the name of an entry of profiles");
    return new Result(
        new Adoption.Auto(
            in.get("name", NAME, "node-" + NUMBER),
            addresses.map(Placed::value),
            limit.map(OptionalInt::of).orElseGet(OptionalInt::empty),
            boots.map(Profile::name).orElse(UNREAD),
            in.get("trust", TRUST, false)),
        addresses);
  }

  private static Optional<String> nameProblem(String name) {
    if (!name.contains(NUMBER)) {
      return Optional.of(Reads.quote(name) + " gives all boards one name; put {n} into it");
    }
    return Names.nodeNameProblem(name.replace(NUMBER, String.valueOf(MAX_LIMIT)));
  }
}
