package dev.coldframe.power;

import dev.coldframe.node.PowerSwitch;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snmp4j.CommandResponderEvent;
import org.snmp4j.CommunityTarget;
import org.snmp4j.MessageDispatcherImpl;
import org.snmp4j.PDU;
import org.snmp4j.ScopedPDU;
import org.snmp4j.Snmp;
import org.snmp4j.Target;
import org.snmp4j.UserTarget;
import org.snmp4j.event.ResponseEvent;
import org.snmp4j.mp.MPv2c;
import org.snmp4j.mp.MPv3;
import org.snmp4j.mp.PduHandle;
import org.snmp4j.mp.SnmpConstants;
import org.snmp4j.security.AuthHMAC192SHA256;
import org.snmp4j.security.AuthSHA;
import org.snmp4j.security.PrivAES128;
import org.snmp4j.security.SecurityLevel;
import org.snmp4j.security.SecurityProtocols;
import org.snmp4j.security.USM;
import org.snmp4j.security.UsmUser;
import org.snmp4j.smi.Address;
import org.snmp4j.smi.Integer32;
import org.snmp4j.smi.OID;
import org.snmp4j.smi.OctetString;
import org.snmp4j.smi.UdpAddress;
import org.snmp4j.smi.VariableBinding;
import org.snmp4j.transport.DefaultUdpTransportMapping;

/// A few questions to one SNMP agent. Open for one task and closed after it, so that no thread and
/// no socket waits between tasks.
final class SnmpSession implements AutoCloseable {
  /// A stack of ten switches has fewer ports. A longer bridge table is refused: cut short, it would
  /// show a cable to another switch as the place of one node.
  static final int MAX_ROWS = 4_096;

  /// As many as fit into one packet of an ordinary agent.
  private static final int ROWS_A_QUESTION = 24;

  /// How each half of the time-out is asked once.
  private static final int RETRIES = 1;

  /// What an SNMPv3 agent reports in place of an answer (RFC 3414, section 5).
  private static final Map<OID, String> REPORTS =
      Map.of(
          SnmpConstants.usmStatsWrongDigests,
          "does not take the user's password or hash",
          SnmpConstants.usmStatsUnknownUserNames,
          "does not know the user",
          SnmpConstants.usmStatsDecryptionErrors,
          "does not take the user's password for encryption",
          SnmpConstants.usmStatsUnsupportedSecLevels,
          "does not take this user with or without encryption as it is set");

  private final PowerSwitch power;
  private final PowerSwitch.Snmp way;
  private final Snmp snmp;
  private final Target<UdpAddress> target;

  /// What the agent said in place of an answer; written by the library's thread.
  private volatile @Nullable String reported;

  private SnmpSession(
      PowerSwitch power, PowerSwitch.Snmp way, Snmp snmp, Target<UdpAddress> target) {
    this.power = power;
    this.way = way;
    this.snmp = snmp;
    this.target = target;
  }

  static SnmpSession open(PowerSwitch power, PowerSwitch.Snmp way) throws PowerException {
    List<String> secret = SecretFile.lines(secretOf(way.access()));
    try {
      var snmp = new Snmp(new MessageDispatcherImpl(), new DefaultUdpTransportMapping());
      Target<UdpAddress> target =
          switch (way.access()) {
            case PowerSwitch.Community _ -> {
              snmp.getMessageDispatcher().addMessageProcessingModel(new MPv2c());
              yield community(secret.getFirst());
            }
            case PowerSwitch.User user -> user(snmp, user, secret);
          };
      target.setAddress(new UdpAddress(way.at().address() + "/" + way.at().port()));
      target.setRetries(RETRIES);
      target.setTimeout(power.timeout().toMillis() / (RETRIES + 1));
      var session = new SnmpSession(power, way, snmp, target);
      session.noteReports();
      snmp.listen();
      return session;
    } catch (IOException e) {
      throw new PowerException(power.name() + ": no socket to ask it through", e);
    } catch (IllegalArgumentException e) {
      throw new PowerException(
          power.name() + ": an SNMPv3 password has at least 8 characters; change its file", e);
    }
  }

  /// The library drops reports that are not authenticated, as RFC 3412 wants (section 7.2.11.b). A
  /// wrong password is told by such a one only; so it is kept, to say why nothing came.
  private void noteReports() {
    Snmp.ReportHandler usual = snmp.getReportHandler();
    snmp.setReportHandler(
        new Snmp.ReportHandler() {
          @Override
          public <A extends Address> void processReport(
              PduHandle handle, CommandResponderEvent<A> event) {
            PDU pdu = event.getPDU();
            if (pdu != null && pdu.size() > 0) {
              reported = REPORTS.get(pdu.get(0).getOid());
            }
            usual.processReport(handle, event);
          }
        });
  }

  private static String secretOf(PowerSwitch.Access access) {
    return switch (access) {
      case PowerSwitch.Community(String secret) -> secret;
      case PowerSwitch.User user -> user.secret();
    };
  }

  private static Target<UdpAddress> community(String community) {
    var target = new CommunityTarget<UdpAddress>();
    target.setCommunity(new OctetString(community));
    target.setVersion(SnmpConstants.version2c);
    return target;
  }

  private static Target<UdpAddress> user(Snmp snmp, PowerSwitch.User user, List<String> secret) {
    SecurityProtocols protocols = new SecurityProtocols(SecurityProtocols.SecurityProtocolSet.none);
    protocols.addAuthenticationProtocol(new AuthSHA());
    protocols.addAuthenticationProtocol(new AuthHMAC192SHA256());
    protocols.addPrivacyProtocol(new PrivAES128());
    var usm = new USM(protocols, new OctetString(MPv3.createLocalEngineID()), 0);
    snmp.getMessageDispatcher().addMessageProcessingModel(new MPv3(usm));
    OID hash =
        switch (user.hash()) {
          case SHA -> AuthSHA.ID;
          case SHA256 -> AuthHMAC192SHA256.ID;
        };
    var name = new OctetString(user.name());
    var password = new OctetString(secret.getFirst());
    usm.addUser(
        user.encrypted()
            ? new UsmUser(name, hash, password, PrivAES128.ID, new OctetString(secret.getLast()))
            : new UsmUser(name, hash, password, null, null));
    var target = new UserTarget<UdpAddress>();
    target.setVersion(SnmpConstants.version3);
    target.setSecurityName(name);
    target.setSecurityLevel(user.encrypted() ? SecurityLevel.AUTH_PRIV : SecurityLevel.AUTH_NOPRIV);
    return target;
  }

  /// The values of a few objects; empty where the agent has none.
  List<Optional<Integer>> get(OID... oids) throws PowerException {
    PDU answer = ask(question(PDU.GET, oids));
    if (answer.size() != oids.length) {
      throw half();
    }
    var out = new ArrayList<Optional<Integer>>();
    for (int i = 0; i < oids.length; i++) {
      VariableBinding bound = answer.get(i);
      if (!bound.getOid().equals(oids[i])) {
        throw half();
      }
      out.add(number(bound));
    }
    return out;
  }

  private Optional<Integer> number(VariableBinding bound) throws PowerException {
    if (bound.isException()) {
      return Optional.empty();
    }
    try {
      return Optional.of(bound.getVariable().toInt());
    } catch (UnsupportedOperationException _) {
      // The library's word for a variable that is no number.
      throw half();
    }
  }

  /// Sets one number.
  void set(OID oid, int value) throws PowerException {
    PDU pdu = question(PDU.SET);
    pdu.add(new VariableBinding(oid, new Integer32(value)));
    ask(pdu);
  }

  /// One row of a column.
  ///
  /// @param index what stands behind the column's number
  record Row(OID index, int value) {}

  /// A column of a table, in order. It ends where another begins.
  List<Row> column(OID column) throws PowerException {
    var rows = new ArrayList<Row>();
    OID last = column;
    while (true) {
      PDU pdu = question(PDU.GETBULK, last);
      pdu.setMaxRepetitions(ROWS_A_QUESTION);
      PDU answer = ask(pdu);
      if (answer.size() == 0) {
        throw half();
      }
      for (VariableBinding bound : answer.getVariableBindings()) {
        OID oid = bound.getOid();
        Optional<Integer> value = oid.startsWith(column) ? number(bound) : Optional.empty();
        if (value.isEmpty()) {
          return rows;
        }
        if (oid.compareTo(last) <= 0) {
          throw new PowerException(name() + " answers in circles; its table cannot be read");
        }
        last = oid;
        OID index = new OID(oid.getValue(), column.size(), oid.size() - column.size());
        rows.add(new Row(index, value.get()));
        if (rows.size() > MAX_ROWS) {
          throw new PowerException(
              name()
                  + " has a table of more than "
                  + MAX_ROWS
                  + " rows, too long to find a node in; write the node's port into the config"
                  + " file");
        }
      }
    }
  }

  private PDU question(int type, OID... oids) {
    PDU pdu = way.access() instanceof PowerSwitch.User ? new ScopedPDU() : new PDU();
    pdu.setType(type);
    for (OID oid : oids) {
      pdu.add(new VariableBinding(oid));
    }
    return pdu;
  }

  private PDU ask(PDU question) throws PowerException {
    PDU answer;
    try {
      ResponseEvent<UdpAddress> event = snmp.send(question, target);
      answer = event.getResponse();
      if (event.getError() != null) {
        throw new PowerException(name() + " cannot be asked: " + event.getError().getMessage());
      }
    } catch (IOException e) {
      throw new PowerException(name() + " cannot be asked: " + e.getMessage(), e);
    }
    if (answer == null) {
      throw question.getType() == PDU.SET ? silent().ordered() : silent();
    }
    if (answer.getType() == PDU.REPORT) {
      OID what = answer.size() == 0 ? new OID() : answer.get(0).getOid();
      throw new PowerException(
          name() + " " + REPORTS.getOrDefault(what, "refuses the question with a report, " + what));
    }
    if (answer.getErrorStatus() != PDU.noError) {
      throw refused(answer.getErrorStatus());
    }
    return answer;
  }

  private PowerException refused(int status) {
    return switch (status) {
      case PDU.noAccess, PDU.readOnly, PDU.notWritable, PDU.authorizationError, PDU.noSuchName ->
          new PowerException(
              name() + " lets this secret look but not switch; give it write access there");
      default -> new PowerException(name() + " refuses with error " + status + " of SNMP");
    };
  }

  private PowerException silent() {
    String report = reported;
    if (report != null) {
      return new PowerException(name() + " " + report);
    }
    String secret =
        way.access() instanceof PowerSwitch.Community
            ? "address, community (a wrong one is never answered)"
            : "address, user";
    return new PowerException(
        name()
            + " did not answer within "
            + power.timeout().toSeconds()
            + "s; look at its "
            + secret
            + " and whether SNMP is on there");
  }

  private PowerException half() {
    return new PowerException(name() + " answered by half");
  }

  private String name() {
    return power.name() + " (" + way.at() + ")";
  }

  @Override
  public void close() {
    try {
      snmp.close();
    } catch (IOException _) {
      // A socket that cannot be closed is of no more use either way.
    }
  }
}
