"""`python -m seeknal_ci` is the same program as `seeknal-ci`."""

from seeknal_ci.cli.main import main

if __name__ == "__main__":
    main()
