/* Send, ack and resume, as delivery/session.py, delivery/following.py, runtime/mailbox.py and the client's outbox do it.

   Two clients talk in one conversation.  A connection is two FIFO channels; it may be cut at any moment, and what is under way
   in it is gone.  The server may be killed at any moment: what is committed stays, sessions and what was not committed go.
   Mutants are switched on by macros; which of them have to violate an assertion says test_delivery.py.
*/

#define CLIENTS 2
#ifndef EACH
#define EACH    1          /* messages a client says */
#endif
#ifndef CUTS
#define CUTS    2          /* connections that are cut, */
#define KILLS   1          /* and kills of the server */
#endif
#define MOST    (CLIENTS * EACH + 1)    /* entries of the log: all messages, and one that clients may not see */
#define ROOM    3          /* frames that one direction of a connection holds */

mtype = { send, sync, ack, event };

/* ---- the log: what is committed.  log_cid 0 is an entry that only staff may see. */
byte head = 0;
byte log_cid[MOST + 1];
byte log_prev[MOST + 1];   /* the seq before, of those that clients may see */
byte visible = 0;          /* the last seq that clients may see */

/* ---- connections */
chan up0   = [ROOM] of { mtype, byte };
chan up1   = [ROOM] of { mtype, byte };
chan down0 = [ROOM] of { mtype, byte, byte };
chan down1 = [ROOM] of { mtype, byte, byte };
bool open[CLIENTS];

/* ---- sessions: delivery/following.py.  given is `sent`, to `page` a page has been read that is not written yet. */
byte given[CLIENTS];
byte known[CLIENTS];       /* the stream's head: the last seq known to exist */
bool reading[CLIENTS];
byte page_to[CLIENTS];
bool page_here[CLIENTS];

/* ---- the mailbox: a unit of one message, in memory until it is committed. */
byte unit_cid = 0;
byte unit_of = 0;

/* ---- clients */
byte cursor[CLIENTS];
byte said[CLIENTS];        /* how many of his messages he has said */
bool acked[CLIENTS * EACH + 1];
bool out[CLIENTS * EACH + 1];   /* on its way on the present connection */

byte cuts = 0;
byte kills = 0;
bool unseen = false;

#define CID(c, n)    ((c) * EACH + (n) + 1)
#define OWNER(cid)   (((cid) - 1) / EACH)

inline down(c, kind, a, b) {
    /* A full outbox ends the connection: the reader is slow, he comes back by his cursor. */
    if
    :: c == 0 && len(down0) < ROOM -> down0!kind, a, b
    :: c == 1 && len(down1) < ROOM -> down1!kind, a, b
    :: c == 0 && len(down0) == ROOM -> lose(0)
    :: c == 1 && len(down1) == ROOM -> lose(1)
    fi
}

inline lose(c) {
    open[c] = false;
    given[c] = 0; known[c] = 0; reading[c] = false; page_to[c] = 0; page_here[c] = false;
    if
    :: c == 0 -> do :: up0?_,_ :: len(up0) == 0 -> break od; do :: down0?_,_,_ :: len(down0) == 0 -> break od
    :: c == 1 -> do :: up1?_,_ :: len(up1) == 0 -> break od; do :: down1?_,_,_ :: len(down1) == 0 -> break od
    fi;
    i = 1;
    do
    :: i <= CLIENTS * EACH -> if :: OWNER(i) == c -> out[i] = false :: else fi; i++
    :: else -> break
    od;
    i = 0
}

inline publish(c) {
    /* Session.publish: a live event goes on only where it continues the chain. */
    if
    :: open[c] && log_cid[head] != 0 && head > known[c] ->
        known[c] = head;
        if
#ifdef CARELESS_FANOUT
        :: true -> given[c] = head; down(c, event, head, log_prev[head])
#else
        :: reading[c] -> skip
        :: !reading[c] && log_prev[head] != given[c] -> reading[c] = true
        :: !reading[c] && log_prev[head] == given[c] ->
            given[c] = head; down(c, event, head, log_prev[head])
#endif
        fi
    :: else
    fi
}

inline append(cid) {
    head++;
    log_cid[head] = cid;
    log_prev[head] = visible;
    if :: cid != 0 -> visible = head :: else fi
}

inline find(cid) {
    /* found: where this client id stands in the log, 0 when nowhere. */
    found = 0; i = 1;
    do
    :: i <= head -> if :: log_cid[i] == cid -> found = i :: else fi; i++
    :: else -> break
    od;
    i = 0
}

active proctype Server() {
    byte cid, found, i, c;
end:
    do
    /* A frame of a client. */
    :: atomic { unit_cid == 0 && len(up0) > 0 -> c = 0; if :: up0?send, cid :: up0?sync, cid -> goto synced fi; goto sent }
    :: atomic { unit_cid == 0 && len(up1) > 0 -> c = 1; if :: up1?send, cid :: up1?sync, cid -> goto synced fi; goto sent }

    /* The commit, and only then the ack and the event. */
    :: atomic { unit_cid != 0 ->
        find(unit_cid);
        assert(found == 0);             /* what was said once stands in the log once */
        append(unit_cid);
#ifndef ACK_BEFORE_COMMIT
        if :: open[unit_of] -> down(unit_of, ack, unit_cid, head) :: else fi;
#endif
        unit_cid = 0;
        publish(0); publish(1); c = 0 }

    /* Something happens that clients may not see. */
    :: atomic { !unseen && unit_cid == 0 && head < MOST -> unseen = true; append(0); publish(0); publish(1); c = 0 }

    /* A page of the log is read, and some time later written. */
    :: atomic { reading[0] && !page_here[0] -> page_to[0] = visible; page_here[0] = true }
    :: atomic { reading[1] && !page_here[1] -> page_to[1] = visible; page_here[1] = true }
    :: atomic { page_here[0] -> c = 0; goto page }
    :: atomic { page_here[1] -> c = 1; goto page }

    /* A connection is cut; the server is killed. */
    :: atomic { cuts < CUTS && open[0] -> cuts++; lose(0) }
    :: atomic { cuts < CUTS && open[1] -> cuts++; lose(1) }
    :: atomic { kills < KILLS -> kills++; unit_cid = 0; lose(0); lose(1) }
    od;

sent: atomic {
        find(cid);
#ifndef NO_DEDUP
        if
        :: found != 0 -> down(c, ack, cid, found)
        :: else ->
#endif
            unit_cid = cid; unit_of = c;
#ifdef ACK_BEFORE_COMMIT
            down(c, ack, cid, head + 1);
#endif
#ifndef NO_DEDUP
        fi;
#endif
        cid = 0; found = 0; c = 0; goto end }

synced: atomic {
        /* The client says where it is: as a hello does, and a sync. */
        open[c] = true;
        known[c] = visible;
#ifdef NO_REPLAY
        given[c] = visible;
#else
        given[c] = cid;
#endif
        page_here[c] = false;
        reading[c] = given[c] < known[c];
        cid = 0; c = 0; goto end }

page: atomic {
        page_here[c] = false;
        i = given[c] + 1;
        do
        :: i <= page_to[c] && open[c] ->
            cid = i;
            if :: log_cid[i] != 0 -> given[c] = i; down(c, event, cid, log_prev[cid]) :: else fi;
            i = cid + 1
        :: else -> break
        od;
        i = 0; cid = 0;
        reading[c] = open[c] && given[c] < known[c];
        page_to[c] = 0; c = 0; goto end }
}

inline see(c) {
    /* client.ts: prev is the cursor: show; an old one: ignore; otherwise there is a hole, and it is asked for. */
    if
    :: seq <= cursor[c] -> skip
#ifdef TRUSTING_CLIENT
    :: seq > cursor[c] ->
#else
    :: seq > cursor[c] && prev != cursor[c] ->
        if :: c == 0 && len(up0) < ROOM -> up0!sync, cursor[c] :: c == 1 && len(up1) < ROOM -> up1!sync, cursor[c] :: else fi
    :: seq > cursor[c] && prev == cursor[c] ->
#endif
        assert(log_prev[seq] <= cursor[c]);   /* nothing he may see is left out */
        assert(log_cid[seq] != 0);
        cursor[c] = seq
    fi
}

proctype Client(byte c) {
    byte seq, prev, n;
end:
    do
    /* He connects and says where he is. */
    :: atomic { !open[c] && c == 0 && len(up0) == 0 -> up0!sync, cursor[c] }
    :: atomic { !open[c] && c == 1 && len(up1) == 0 -> up1!sync, cursor[c] }

    /* He says something; it stands in his outbox until it is acknowledged. */
    :: atomic { said[c] < EACH -> said[c]++ }

    /* The outbox sends, after a while again: always under the same client id. */
    :: atomic { open[c] && n < said[c] && !acked[CID(c, n)] && !out[CID(c, n)] ->
        if
        :: c == 0 && len(up0) < ROOM -> up0!send, CID(c, n); out[CID(c, n)] = true
        :: c == 1 && len(up1) < ROOM -> up1!send, CID(c, n); out[CID(c, n)] = true
        :: else
        fi }
    :: atomic { n < said[c] && acked[CID(c, n)] && n + 1 < EACH -> n++ }

    :: atomic { c == 0 && down0?[ack, seq, prev] -> down0?ack, seq, prev; goto got }
    :: atomic { c == 1 && down1?[ack, seq, prev] -> down1?ack, seq, prev; goto got }
    :: atomic { c == 0 && down0?[event, seq, prev] -> down0?event, seq, prev; see(0); seq = 0; prev = 0 }
    :: atomic { c == 1 && down1?[event, seq, prev] -> down1?event, seq, prev; see(1); seq = 0; prev = 0 }
    od;

got: atomic {
        assert(prev <= head && log_cid[prev] == seq);   /* what is acknowledged is in the log, there */
        acked[seq] = true; out[seq] = false; seq = 0; prev = 0; goto end }
}

/* When nothing more can happen, everybody has seen everything, and everything that was said is there. */
active proctype Judge() {
    byte k;
    run Client(0);
    run Client(1);
    timeout ->
        assert(said[0] == EACH && said[1] == EACH);
        assert(cursor[0] == visible && cursor[1] == visible);
        k = 1;
        do
        :: k <= CLIENTS * EACH -> assert(acked[k]); k++
        :: else -> break
        od
}
