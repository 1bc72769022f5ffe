/** What tasks return. */
package org.edgetasks.components.containers;
