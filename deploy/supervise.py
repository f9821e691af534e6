#!/usr/bin/python3
"""Keeps one daemon alive behind a listening socket that never closes.

The socket is opened here and handed down the way systemd does it (LISTEN_FDS=1, descriptor 3): while one daemon
drains and the next one starts, connections wait in the queue and no request is lost. deploy/start uses this; in
production maillage.socket and maillage.service do the same.

  TERM, INT   end the daemon (it drains), then this; a second one is passed on and ends it at once
  USR2        replace the daemon: drain the old one, start a new one on the same socket
  HUP         passed on

Once an hour it also runs the jobs that are due, with the settings of --jobs; in production maillage-job.timer does.
"""
import argparse
import ctypes
import os
import resource
import signal
import socket
import subprocess
import sys
import time

PR_SET_PDEATHSIG = 1
OPEN_FILES = 16384       # as in maillage.service: each connection is one
PAUSE_FIRST, PAUSE_MOST = 0.2, 5.0
SHORT_LIFE = 2.0         # seconds: a daemon that ends sooner never got to work
SHORT_LIVES_MOST = 5     # in a row, then we give up: a bad setting does not heal
DRAIN_MOST = 40.0        # seconds until an ending daemon is killed
JOBS_FIRST, JOBS_EVERY = 60.0, 3600.0
JOBS_MOST = 1800.0     # seconds until a run that hangs is killed


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--socket", required=True, help="path of the listening Unix socket")
    parser.add_argument("--state", required=True, help="folder for supervisor.pid and daemon.pid")
    parser.add_argument("--jobs", help="settings file with which `maillage job` runs every hour")
    parser.add_argument("command", nargs="+", help="the daemon and its arguments, after --")
    return parser.parse_args()


def say(text):
    print(f"supervisor: {text}", file=sys.stderr, flush=True)


def listen(path):
    try:
        os.unlink(path)
    except FileNotFoundError:
        pass
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(path)
    os.chmod(path, 0o660)
    listener.listen(1024)
    return listener


class Supervisor:
    def __init__(self, options):
        self.options = options
        self.listener = listen(options.socket)
        self.child = None
        self.born = 0.0
        self.ending = None      # time by which an asked-for end must have happened
        self.replacing = False
        self.libc = ctypes.CDLL(None)
        self.jobs = None      # the run under way
        self.jobs_at = time.monotonic() + JOBS_FIRST

    @staticmethod
    def raise_limits():
        _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

    def write_pid(self, name, pid):
        path = os.path.join(self.options.state, name)
        with open(path + ".new", "w", encoding="ascii") as file:
            file.write(f"{pid}\n")
        os.replace(path + ".new", path)

    def spawn(self):
        parent = os.getpid()
        self.born = time.monotonic()
        self.child = os.fork()
        if self.child == 0:
            # Nothing outlives the supervisor, even when it is killed.
            self.libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
            if os.getppid() != parent:
                os._exit(1)
            signal.pthread_sigmask(signal.SIG_SETMASK, [])
            if self.listener.fileno() != 3:
                os.dup2(self.listener.fileno(), 3)
            os.set_inheritable(3, True)
            environment = dict(os.environ, LISTEN_FDS="1", LISTEN_PID=str(os.getpid()))
            try:
                os.execve(self.options.command[0], self.options.command, environment)
            except OSError as error:
                say(f"{self.options.command[0]}: {error}")
                os._exit(127)
        self.write_pid("daemon.pid", self.child)

    def send(self, number):
        try:
            os.kill(self.child, number)
        except ProcessLookupError:
            pass

    def heard(self, number):
        if number in (signal.SIGTERM, signal.SIGINT):
            self.replacing = False
            self.ending = time.monotonic() + DRAIN_MOST
            self.send(signal.SIGTERM)
        elif number == signal.SIGUSR2 and self.ending is None:
            self.replacing = True
            self.ending = time.monotonic() + DRAIN_MOST
            self.send(signal.SIGTERM)
        elif number == signal.SIGHUP:
            self.send(signal.SIGHUP)

    def tend_jobs(self):
        """Starts a run when its time has come, ends one that hangs."""
        now = time.monotonic()
        if self.jobs is not None:
            if self.jobs.poll() is not None:
                self.jobs = None
            elif now > self.jobs_at - JOBS_EVERY + JOBS_MOST:
                self.jobs.kill()
        elif self.options.jobs and now >= self.jobs_at and self.ending is None:
            self.jobs_at = now + JOBS_EVERY
            command = [self.options.command[0], "job", "-c", self.options.jobs]
            try:
                self.jobs = subprocess.Popen(
                    command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, preexec_fn=self.unblock)
            except OSError as error:
                say(f"{command[0]}: {error}")

    def unblock(self):
        """In the child: it ends with the supervisor, and hears signals again."""
        self.libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        signal.pthread_sigmask(signal.SIG_SETMASK, [])

    def reaped(self):
        """Exit status of the daemon when it has ended, else None."""
        pid, status = os.waitpid(self.child, os.WNOHANG)
        return None if pid == 0 else os.waitstatus_to_exitcode(status)

    def run(self):
        watched = {signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR2, signal.SIGCHLD}
        signal.pthread_sigmask(signal.SIG_BLOCK, watched)
        self.raise_limits()
        self.write_pid("supervisor.pid", os.getpid())
        self.spawn()
        short_lives, pause = 0, PAUSE_FIRST
        while True:
            number = signal.sigtimedwait(watched, 1.0)
            if number is not None and number.si_signo != signal.SIGCHLD:
                self.heard(number.si_signo)
            self.tend_jobs()
            if self.ending is not None and time.monotonic() > self.ending:
                say(f"the daemon did not drain in {DRAIN_MOST:.0f} s: killed")
                self.send(signal.SIGKILL)
            code = self.reaped()
            if code is None:
                continue
            if self.ending is not None and not self.replacing:
                if self.jobs is not None:
                    self.jobs.terminate()
                return max(code, 0)
            if self.replacing:
                say("daemon replaced")
                self.replacing, self.ending = False, None
            else:
                lived = time.monotonic() - self.born
                say(f"the daemon ended with {code} after {lived:.1f} s")
                short_lives, pause = (short_lives + 1, pause * 2) if lived < SHORT_LIFE else (0, PAUSE_FIRST)
                if short_lives >= SHORT_LIVES_MOST:
                    return max(code, 1)
                time.sleep(min(pause, PAUSE_MOST))
            self.spawn()


def main():
    supervisor = Supervisor(parse())
    try:
        return supervisor.run()
    finally:
        try:
            os.unlink(supervisor.options.socket)
        except FileNotFoundError:
            pass


if __name__ == "__main__":
    sys.exit(main())
