package dev.coldframe.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.snmp4j.CommandResponder;
import org.snmp4j.CommandResponderEvent;
import org.snmp4j.MessageDispatcherImpl;
import org.snmp4j.MessageException;
import org.snmp4j.PDU;
import org.snmp4j.Snmp;
import org.snmp4j.mp.MPv2c;
import org.snmp4j.mp.StatusInformation;
import org.snmp4j.smi.Address;
import org.snmp4j.smi.Integer32;
import org.snmp4j.smi.Null;
import org.snmp4j.smi.OID;
import org.snmp4j.smi.OctetString;
import org.snmp4j.smi.UdpAddress;
import org.snmp4j.smi.Variable;
import org.snmp4j.smi.VariableBinding;
import org.snmp4j.transport.DefaultUdpTransportMapping;

/// An SNMPv2c agent on a free loopback port that can also answer wrongly, as no real one does on
/// demand.
public final class SnmpAgent implements AutoCloseable {
  public static final String COMMUNITY = "rack";

  /// How it answers.
  public enum Mood {
    GOOD,
    /// Answers lack their last object.
    HALF,
    /// Each next object is the first again.
    CIRCLES,
    /// Numbers are texts.
    TEXTS,
    /// An order is acknowledged and not carried out.
    LYING,
    /// Orders are refused.
    READ_ONLY,
    /// Obeys one order, then it may only be looked at.
    ONE_ORDER,
    /// Obeys one order; neither that nor anything after it is answered.
    LAST_ORDER,
    /// Answers are kept back until it is in another mood.
    HELD,
    /// Nothing is answered.
    SILENT
  }

  /// Every order that came.
  public final List<String> orders = new CopyOnWriteArrayList<>();

  private final TreeMap<OID, Variable> objects = new TreeMap<>();
  private final Snmp snmp;
  private final DefaultUdpTransportMapping transport;
  private volatile Mood mood = Mood.GOOD;
  private volatile boolean holds;

  public SnmpAgent() {
    try {
      transport = new DefaultUdpTransportMapping(new UdpAddress("127.0.0.1/0"));
      snmp = new Snmp(new MessageDispatcherImpl(), transport);
      snmp.getMessageDispatcher().addMessageProcessingModel(new MPv2c());
      snmp.addCommandResponder(
          new CommandResponder() {
            @Override
            public <A extends Address> void processPdu(CommandResponderEvent<A> event) {
              answer(event);
            }
          });
      snmp.listen();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public int port() {
    return transport.getListenAddress().getPort();
  }

  public synchronized void is(Mood next) {
    mood = next;
    notifyAll();
  }

  /// Whether a question came whose answer is kept back.
  public boolean holds() {
    return holds;
  }

  private synchronized void hold() {
    while (mood == Mood.HELD) {
      holds = true;
      try {
        wait();
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  public synchronized SnmpAgent with(String oid, int value) {
    objects.put(new OID(oid), new Integer32(value));
    return this;
  }

  public synchronized SnmpAgent without(String oid) {
    objects.remove(new OID(oid));
    return this;
  }

  /// What an object is now.
  public synchronized Optional<Integer> value(String oid) {
    return Optional.ofNullable(objects.get(new OID(oid))).map(Variable::toInt);
  }

  private <A extends Address> void answer(CommandResponderEvent<A> event) {
    PDU question = event.getPDU();
    event.setProcessed(true);
    hold();
    String community = new OctetString(event.getSecurityName()).toString();
    if (mood == Mood.SILENT || !community.equals(COMMUNITY)) {
      return;
    }
    var answer = new PDU();
    answer.setType(PDU.RESPONSE);
    answer.setRequestID(question.getRequestID());
    fill(question, answer);
    if (mood == Mood.SILENT) {
      return;
    }
    if (mood == Mood.HALF && answer.size() > 0) {
      answer.remove(answer.size() - 1);
    }
    try {
      event
          .getMessageDispatcher()
          .returnResponsePdu(
              event.getMessageProcessingModel(),
              event.getSecurityModel(),
              event.getSecurityName(),
              event.getSecurityLevel(),
              answer,
              event.getMaxSizeResponsePDU(),
              event.getStateReference(),
              new StatusInformation());
    } catch (MessageException e) {
      throw new IllegalStateException(e);
    }
  }

  private synchronized void fill(PDU question, PDU answer) {
    switch (question.getType()) {
      case PDU.GET -> question.getVariableBindings().forEach(b -> answer.add(bound(b.getOid())));
      case PDU.GETBULK -> bulk(question, answer);
      case PDU.SET -> set(question.get(0), answer);
      default -> answer.setErrorStatus(PDU.genErr);
    }
  }

  private VariableBinding bound(OID oid) {
    Variable value = objects.get(oid);
    return new VariableBinding(oid, value == null ? Null.noSuchInstance : shown(value));
  }

  private Variable shown(Variable value) {
    return mood == Mood.TEXTS ? new OctetString("text") : value;
  }

  private void bulk(PDU question, PDU answer) {
    OID from = question.get(0).getOid();
    Map.Entry<OID, Variable> first = objects.higherEntry(from);
    for (int i = 0; i < question.getMaxRepetitions(); i++) {
      Map.Entry<OID, Variable> next = mood == Mood.CIRCLES ? first : objects.higherEntry(from);
      if (next == null) {
        answer.add(new VariableBinding(from, Null.endOfMibView));
        return;
      }
      from = next.getKey();
      answer.add(new VariableBinding(from, shown(next.getValue())));
    }
  }

  private void set(VariableBinding wish, PDU answer) {
    orders.add(wish.getOid() + "=" + wish.getVariable());
    answer.add(wish);
    if (mood == Mood.READ_ONLY) {
      answer.setErrorStatus(PDU.notWritable);
      answer.setErrorIndex(1);
    } else if (mood != Mood.LYING) {
      objects.put(wish.getOid(), wish.getVariable());
      if (mood == Mood.ONE_ORDER) {
        mood = Mood.READ_ONLY;
      } else if (mood == Mood.LAST_ORDER) {
        mood = Mood.SILENT;
      }
    }
  }

  @Override
  public void close() {
    try {
      snmp.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
