//! Widgets that ask the user.
//!
//! A widget is known by its name and its label: two that must be told apart need two labels. Its value
//! is what the session's front end says, else the default.
